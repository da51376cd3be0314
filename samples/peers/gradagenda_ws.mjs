// gradagenda-ws: sessions, messages, batches and fragments on Node `ws` without compression, and three clients
// that break the rules. Usage: node gradagenda_ws.mjs PREFIX

import { once } from 'node:events';
import WebSocket from 'ws';
import { GradAgendaServer } from './gradagenda_server.mjs';
import { clientAddress, connectPort, listenPort, Notes, pause } from './notes.mjs';

const kPort = 8080;
const notes = new Notes(process.argv[2]);
const text = (body) => ({ type: 'text', body });

class Client {
  #actions = 0;

  static async open(name) {
    const client = new Client();
    client.name = name;
    client.socket = new WebSocket(`ws://localhost:${connectPort(kPort)}/chat`, { perMessageDeflate: false, family: 4 });
    await once(client.socket, 'open');
    client.address = clientAddress(client.socket._socket, 'client');
    return client;
  }

  action(type, fields) {
    return { cdid: `${this.name}-${++this.#actions}`, type, ...fields };
  }

  async send(type, fields) {
    await this.sendAs(JSON.stringify(this.action(type, fields)));
  }

  /** Sends `payload` as it stands, and waits as long as a person would. */
  async sendAs(payload, options) {
    notes.said(this.address, 'client', payload);
    this.socket.send(payload, options);
    await pause(100);
  }

  /** One message in three frames, with a ping after the first and one after the second. */
  async sendInFragments(type, fields) {
    const payload = JSON.stringify(this.action(type, fields));
    notes.said(this.address, 'client', payload);
    this.socket.send(payload.slice(0, 30), { fin: false });
    await pause(60);
    this.socket.ping('still');
    this.socket.send(payload.slice(30, 90), { fin: false });
    this.socket.ping();
    await pause(60);
    this.socket.send(payload.slice(90), { fin: true });
    await pause(100);
  }

  authentication(token) {
    return { 'user-id': this.name, 'device-id': `phone of ${this.name}&02:00:5e:00:00:01`, token };
  }

  authenticate(token) {
    return this.send('authenticate', this.authentication(token));
  }

  message(session, body) {
    return { 'session-id': session, message: text(body), 'sender-timestamp': Date.now() };
  }

  say(session, body) {
    return this.send('request-sending-a-message', this.message(session, body));
  }

  /** Closes with `code`, or waits for the server to close. */
  async close(code, reason) {
    if (code) this.socket.close(code, reason);
    if (this.socket.readyState !== WebSocket.CLOSED) await once(this.socket, 'close');
  }
}

const { listener } = new GradAgendaServer({ host: '127.0.0.1', port: listenPort(kPort) }, notes);
await once(listener, 'listening');

const anna = await Client.open('anna');
await anna.say('direct:anna+ben', 'too early');  // failed: not authenticated
await anna.authenticate('forgotten');            // failed: bad token
await anna.authenticate('tok-anna');
const ben = await Client.open('ben');
await ben.authenticate('tok-ben');
await ben.authenticate('tok-ben');  // failed: already authenticated

await anna.send('request-direct-session-info', { 'user-id': 'ben' });
await anna.say('direct:anna+ben', 'Ben, kommst du zum Seminar?');
await ben.say('direct:anna+ben', 'Klar – bis gleich ☕');
await ben.send('request-mutable-session-creation', { 'user-id': ['anna', '陈'] });
await anna.say('m102', '大家好!');
await ben.sendInFragments('request-sending-a-message', ben.message('m102', 'A thought in three fragments: прошу прощения.'));
await ben.send('request-mutable-session-modification', { 'session-id': 'm102', 'user-id': ['ben', 'anna'] });
await ben.send('request-mutable-session-modification', { 'session-id': 'direct:anna+ben', 'user-id': ['ben'] });
await anna.send('batch-mode-action', {
  actions: [
    anna.action('request-mutable-session-listing'),
    anna.action('request-sending-a-message', anna.message('m102', 'first of two')),
    anna.action('request-sending-a-message', anna.message('m404', 'into the void')),
  ],
});
await ben.send('request-mutable-session-listing');
await ben.send('request-mutable-session-deletion', { 'session-id': 'm102' });

const binary = await Client.open('binary');
await binary.sendAs(JSON.stringify(binary.action('authenticate', binary.authentication('x'))), { binary: true });
await binary.close();  // 1003
const noJson = await Client.open('nojson');
await noJson.sendAs('{"cdid":"nojson-1","type":');
await noJson.close();  // 1007
const tooLong = await Client.open('toolong');
await tooLong.authenticate('x'.repeat(4200));
await tooLong.close();  // 1009

await ben.close(1001, 'walking away');
await anna.close(1000);
listener.close();

// gradagenda-wss: GradAgenda over wss on Node's tls: one client with TLS 1.3, one with TLS 1.2.
// Usage: node gradagenda_wss.mjs PREFIX

import { appendFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { once } from 'node:events';
import WebSocket from 'ws';
import { kServerName, makeCertificate } from './certificate.mjs';
import { GradAgendaServer } from './gradagenda_server.mjs';
import { clientAddress, connectPort, listenPort, Notes, pause, trusted } from './notes.mjs';

const kPort = 8443;
const prefix = process.argv[2];
const notes = new Notes(prefix);

const certificate = makeCertificate();

class Client {
  #actions = 0;

  static async open(name, version) {
    const client = new Client();
    client.name = name;
    client.socket = new WebSocket(`wss://localhost:${connectPort(kPort)}/chat`, {
      ca: trusted(certificate.cert), servername: kServerName, minVersion: version, maxVersion: version,
      perMessageDeflate: false, family: 4,
    });
    await once(client.socket, 'open');
    client.address = clientAddress(client.socket._socket, 'client');
    return client;
  }

  async send(type, fields) {
    const payload = JSON.stringify({ cdid: `${this.name}-${++this.#actions}`, type, ...fields });
    notes.said(this.address, 'client', payload);
    this.socket.send(payload);
    await pause(100);
  }

  authenticate() {
    return this.send('authenticate', {
      'user-id': this.name, 'device-id': `phone of ${this.name}&02:00:5e:00:00:01`, token: `tok-${this.name}`,
    });
  }

  say(session, body) {
    return this.send('request-sending-a-message',
      { 'session-id': session, message: { type: 'text', body }, 'sender-timestamp': Date.now() });
  }

  async close() {
    this.socket.close(1000);
    await once(this.socket, 'close');
  }
}

const https = createServer(certificate);
https.on('keylog', (line) => appendFileSync(`${prefix}.keylog`, line));
new GradAgendaServer({ server: https }, notes);
https.listen(listenPort(kPort), '127.0.0.1');
await once(https, 'listening');

const anna = await Client.open('anna', 'TLSv1.3');
await anna.authenticate();
const ben = await Client.open('ben', 'TLSv1.2');
await ben.authenticate();
await anna.send('request-mutable-session-creation', { 'user-id': ['ben'] });
await anna.say('m101', 'Does anybody read along?');
await ben.say('m101', 'Only who has the keys 🔑');
await anna.say('m404', 'and who not?');  // failed: no such session
await ben.close();
await anna.close();
https.close();

// mcp-session: two people meet in a room. The first capture that a newcomer opens, so it stays short.
// Usage: node mcp_session.mjs PREFIX

import { once } from 'node:events';
import { connect } from 'node:net';
import { McpPeer } from './mcp_peer.mjs';
import { McpServer } from './mcp_server.mjs';
import { connectPort, listenPort, Notes, pause } from './notes.mjs';

const kPort = 3072;
const notes = new Notes(process.argv[2]);

/** A client whose requests are numbered after its name: a1, a2, … */
class Client {
  #sent = 0;

  static async open(name) {
    const client = new Client();
    const socket = connect(connectPort(kPort), '127.0.0.1');
    await once(socket, 'connect');
    client.name = name;
    client.peer = new McpPeer(socket, 'client', notes, (message) => client.heard(message));
    client.peer.greet(client.#id());
    notes.key('MCP_DH_PRIVATE_KEY', client.peer.publicKey, client.peer.privateKey);
    await client.answer();
    return client;
  }

  #id() { return `${this.name[0]}${++this.#sent}`; }
  answer() { return new Promise((resolve) => { this.heard = resolve; }); }
  heard() {}

  /** Sends without waiting. */
  send(type, data, room, cut) {
    this.peer.send(`${type}.${this.#id()}`, data, room, cut);
  }

  /** Sends, waits for what comes back, and then as long as a person would. */
  async ask(type, data, room, cut) {
    this.send(type, data, room, cut);
    await this.answer();
    await pause(120);
  }

  say(text, room, cut) { return this.ask('Message.CreateTextMessage', { text }, room, cut); }

  async close() {
    this.peer.socket.end();
    await once(this.peer.socket, 'close');
  }
}

const { listener } = new McpServer(notes);
listener.listen(listenPort(kPort), '127.0.0.1');
await once(listener, 'listening');

const alice = await Client.open('alice');
await alice.ask('Authentication.Login', { username: 'alice', password: 'curiouser' });
await alice.ask('Room.RequireList');
await alice.ask('Room.Create', { name: 'Tea room ☕' });
await alice.ask('Room.Join', { room: 2 });

const bob = await Client.open('bob');
await bob.ask('Authentication.Register', { username: 'bob', password: 'white rabbit' });
await bob.ask('Room.Join', { room: 2 });

await alice.say('Hi Bob, the kettle is on.', 2);
await bob.say('Grüße! Oolong oder 煎茶?', 2);
await alice.say('Both, чай for everyone 🫖', 2, 40);
bob.peer.together(() => {
  bob.send('Heartbeat.Ping');
  bob.send('Room.Delete', { room: 1 });
});
await bob.answer();
await pause(120);
await alice.say('Is anybody in here?', 7);
await bob.ask('Room.Leave', { room: 2 });

await bob.close();
await alice.close();
listener.close();

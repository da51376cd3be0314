// cchat-android: a room as the public server and its Android clients run it, with encrypted content.
// Usage: node cchat_android.mjs PREFIX

import { once } from 'node:events';
import { CchatClient } from './cchat_client.mjs';
import { CchatServer } from './cchat_server.mjs';
import { connectPort, listenPort, Notes } from './notes.mjs';

const kPort = 8888;
const kRoom = 'Wintergarten';
const notes = new Notes(process.argv[2]);
const url = `ws://127.0.0.1:${connectPort(kPort)}/`;
const open = (name, android) => CchatClient.open(url, name, notes, { android });

const { listener } = new CchatServer({ host: '127.0.0.1', port: listenPort(kPort) }, notes);
await once(listener, 'listening');

const early = await open('early');
await early.send({ ver: 1, type: 'message_0', content: 'aXMgdGhpcyBvbj8=' });  // errcode 5: not joined yet
await early.closed();

const alice = await open('alice', true);
await alice.join(kRoom);
await alice.say('Nobody here yet.');

const bob = await open('Bob', true);
await bob.join(kRoom);
await bob.say('Guten Abend – schöne Grüße!', { device: 'GT-I9100', sent: 1416700800 });
await alice.say('Willkommen 🌿');

const carol = await open('carol');
await carol.join(kRoom);
await carol.say('有人吗?', { 'reply-to': null });
await carol.send({ ver: 1, type: 'Message_0', content: 'aGVsbG8=' });  // errcode 8: types are case-sensitive
await carol.send({ ver: 1, content: 'aGVsbG8=' });                     // errcode 48879: no type

const double = await open('alice');
await double.join(kRoom);  // errcode 4: this name is taken
await double.closed();

await bob.leave();
await carol.say('Just the two of us again.');
await carol.leave();
await alice.leave();
listener.close();

// cchat-wss: two in a room over wss on Node's tls, with encrypted content: one with TLS 1.3, one with TLS 1.2.
// Usage: node cchat_wss.mjs PREFIX

import { appendFileSync } from 'node:fs';
import { Agent, createServer } from 'node:https';
import { once } from 'node:events';
import { CchatClient } from './cchat_client.mjs';
import { CchatServer } from './cchat_server.mjs';
import { kServerName, makeCertificate } from './certificate.mjs';
import { connectPort, listenPort, Notes, trusted } from './notes.mjs';

const kPort = 8888;
const kRoom = 'Gartenhaus';
const prefix = process.argv[2];
const notes = new Notes(prefix);
const certificate = makeCertificate();

function open(name, version) {
  const agent = new Agent({ ca: trusted(certificate.cert), servername: kServerName, minVersion: version, maxVersion: version });
  return CchatClient.open(`wss://127.0.0.1:${connectPort(kPort)}/`, name, notes, { agent });
}

const https = createServer(certificate);
https.on('keylog', (line) => appendFileSync(`${prefix}.keylog`, line));
new CchatServer({ server: https }, notes);
https.listen(listenPort(kPort), '127.0.0.1');
await once(https, 'listening');

const dora = await open('dora', 'TLSv1.3');
await dora.join(kRoom);
await dora.say('Is this thing on?');
const emil = await open('emil', 'TLSv1.2');
await emil.join(kRoom);
await emil.say('Zweimal verschlüsselt 🔐');
await dora.say('Once by TLS, once by us.');
await emil.send({ ver: 1, type: 'dance' });  // errcode 8: no such type
await emil.leave();
await dora.leave();
https.close();

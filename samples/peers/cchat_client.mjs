// A cchat client that encrypts as the Android one does: {"user","content","room"}, AES-128-ECB, base64 in lines
// of 76 characters; the key is the text of the shared number's first 16 hex digits.

import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import WebSocket from 'ws-0.4';
import { clientAddress, pause } from './notes.mjs';

const kKeyBytes = 16;
const sha1 = (text) => createHash('sha1').update(text).digest('hex');

// The Android client speaks draft 8 of WebSocket, masks nothing and ends with TCP's FIN alone.
const kAndroid = {
  protocolVersion: 8, protocol: 'org.jwebsocket.json', host: '127.0.0.1',
  headers: { Upgrade: 'WebSocket', Origin: 'http://127.0.0.1' },
};

function power(base, exponent, modulus) {
  let result = 1n;
  for (let square = base % modulus; exponent > 0n; exponent >>= 1n, square = (square * square) % modulus) {
    if (exponent & 1n) result = (result * square) % modulus;
  }
  return result;
}

export class CchatClient {
  #socket;
  #number = BigInt('0x' + randomBytes(24).toString('hex'));  // the private exponent; after an exchange, its result

  /** `agent` makes the connection, where it is TLS. */
  static async open(url, name, notes, { android = false, agent = null } = {}) {
    const client = new CchatClient();
    client.#socket = new WebSocket(url, { ...(android ? kAndroid : {}), agent });
    await once(client.#socket, 'open');
    Object.assign(client, { name, notes, android, address: clientAddress(client.#socket._socket, 'client') });
    client.#socket.on('message', (payload) => client.#heard(JSON.parse(payload)));
    if (android) client.#socket.close = () => client.#socket._socket.end();
    return client;
  }

  async join(room) {
    this.room = room;
    this.notes.key('CCHAT_DH_PRIVATE_KEY', '-', this.#number.toString(16));
    await this.send({ ver: 1, clientid: sha1(this.name), chatroom: sha1(room), type: 'join' });
  }

  async say(content, extra = {}) {
    const text = JSON.stringify({ user: this.name, content, room: this.room });
    await this.send({ ver: 1, type: 'message_0', content: this.#encrypt(text), ...extra }, { content: text });
  }

  /** Sends as it stands, and waits as long as a person would. */
  async send(message, more) {
    this.#write(message, more);
    await pause(120);
  }

  /** Leaves; the server closes. */
  async leave() {
    this.#write({ ver: 1, type: 'leave' });
    await this.closed();
  }

  async closed() {
    if (this.#socket.readyState !== WebSocket.CLOSED) await once(this.#socket, 'close');
    await pause(120);
  }

  #write(message, more) {
    const payload = JSON.stringify(message);
    this.notes.said(this.address, 'client', payload, more);
    this.#socket.send(payload, { mask: !this.android });
  }

  #heard({ type, roundleft, keyintrmdt, prime }) {
    if (type !== 'keyxchg_1') return;
    const result = power(BigInt('0x' + keyintrmdt), this.#number, BigInt('0x' + prime));
    if (roundleft === 0) this.#number = result;
    const half = roundleft === 0 ? '' : result.toString(16);
    this.#write({ ver: 1, type: 'keyxchg_2', roundleft, keyintrmdt: half });
  }

  #encrypt(text) {
    const key = Buffer.from(this.#number.toString(16).padEnd(kKeyBytes, '\0').slice(0, kKeyBytes));
    const cipher = createCipheriv('aes-128-ecb', key, null);
    const base64 = Buffer.concat([cipher.update(text), cipher.final()]).toString('base64');
    return base64.replace(/.{1,76}/g, '$&\n');
  }
}

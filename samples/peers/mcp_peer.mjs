// One end of an MCP 2.1.0 connection in the raw form: JSON with nothing around it, in clear for the two
// handshakes and as bare ciphertext after them. Used by the server and the clients alike.
//
// AES-256-CTR starts again from a zero IV at every message, so nothing but the end of the decrypted JSON
// says where a message ends.

import { createCipheriv, createDiffieHellmanGroup } from 'node:crypto';
import { jsonEnd } from './json_end.mjs';
import { clientAddress } from './notes.mjs';

const kVersion = '2.1.0';
const kKeyBytes = 32;

export class McpPeer {
  #dh = createDiffieHellmanGroup('modp5');
  #key = null;
  #pending = Buffer.alloc(0);

  /** `receive` is called with each package that the other side sends after the handshakes. */
  constructor(socket, side, notes, receive) {
    this.socket = socket.setNoDelay(true);
    this.side = side;
    this.notes = notes;
    this.receive = receive;
    this.address = clientAddress(socket, side);
    this.#dh.generateKeys();
    socket.on('data', (bytes) => this.#read(bytes));
  }

  get publicKey() { return this.#dh.getPublicKey('hex'); }
  get privateKey() { return this.#dh.getPrivateKey('hex'); }

  greet(id) {
    this.#write({ type: `Handshake.Handshake.${id}`, data: { version: kVersion, publicKey: this.publicKey } });
  }

  /** Writes one package; with `cut` the bytes go out in two segments, the first of `cut` bytes. */
  send(type, data, room, cut) {
    this.#write({ type, ...(data !== undefined && { data }), ...(room !== undefined && { room }) }, cut);
  }

  /** What `write` sends leaves in one segment. */
  together(write) {
    this.socket.cork();
    write();
    this.socket.uncork();
  }

  #write(message, cut) {
    const payload = JSON.stringify(message);
    const handshake = message.type.startsWith('Handshake.');
    const bytes = handshake ? Buffer.from(payload) : this.#crypt(Buffer.from(payload));
    this.notes.said(this.address, this.side, payload);
    this.socket.write(cut ? bytes.subarray(0, cut) : bytes);
    if (cut) setTimeout(() => this.socket.write(bytes.subarray(cut)), 60);
  }

  #crypt(bytes) {
    return createCipheriv('aes-256-ctr', this.#key, Buffer.alloc(16)).update(bytes);
  }

  #read(bytes) {
    this.#pending = Buffer.concat([this.#pending, bytes]);
    while (this.#pending.length > 0) {
      const text = this.#key ? this.#crypt(this.#pending) : this.#pending;
      const end = jsonEnd(text);
      if (end < 0) return;
      this.#pending = this.#pending.subarray(end);
      this.#take(JSON.parse(text.subarray(0, end).toString()));
    }
  }

  #take(message) {
    const [major, , id] = message.type.split('.');
    if (major === 'Handshake') {
      this.#key = this.#dh.computeSecret(message.data.publicKey, 'hex').subarray(0, kKeyBytes);
      if (this.side === 'server') this.greet(id);
    }
    if (major !== 'Handshake' || this.side === 'client') this.receive(message);
  }
}

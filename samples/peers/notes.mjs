// What is kept beside the packets of one capture: every message as an application gave it to its
// connection, before framing, compression and encryption, and the keys. notes.py does the same in Python.

import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';

export class Notes {
  #said;
  #keylog;

  /** Starts `prefix`.said.jsonl; `prefix`.keylog begins with the first key. */
  constructor(prefix) {
    this.#said = `${prefix}.said.jsonl`;
    this.#keylog = `${prefix}.keylog`;
    writeFileSync(this.#said, '');
  }

  /** `client` is the address of the connection's client end, `more` what a check may want to know besides. */
  said(client, direction, payload, more = {}) {
    appendFileSync(this.#said, JSON.stringify({ session_client: client, direction, payload, ...more }) + '\n');
  }

  key(label, name, value) {
    appendFileSync(this.#keylog, `${label} ${name} ${value}\n`);
  }
}

/** Where a server listens, and where its clients look for it: elsewhere if something is to stand in between. */
export const listenPort = (usual) => Number(process.env.SAMPLE_LISTEN_PORT ?? usual);
export const connectPort = (usual) => Number(process.env.SAMPLE_CONNECT_PORT ?? usual);
/** Whom the clients trust: their server's certificate, or whoever stands in between. */
export const trusted = (usual) => (process.env.SAMPLE_TRUSTED ? readFileSync(process.env.SAMPLE_TRUSTED) : usual);

export const pause = (milliseconds) => new Promise((wake) => setTimeout(wake, milliseconds));

/** The client's address of a socket, seen from the `side` that holds it. */
export function clientAddress(socket, side) {
  const port = side === 'client' ? socket.localPort : socket.remotePort;
  return `127.0.0.1:${port}`;
}

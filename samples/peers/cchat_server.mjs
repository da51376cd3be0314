// A small cchat server with the habits of the public one: text frames on ws 0.4, errcode as a number without
// errdetail, messages handed on with only their type changed, and a key exchange of two that is new after
// every join and leave.

import { generatePrimeSync } from 'node:crypto';
import WebSocket from 'ws-0.4';
import { clientAddress } from './notes.mjs';

const kPrimeBits = 192;
const kGenerator = '02';
const kErrors = { none: 0, duplicate: 4, notJoined: 5, wrongType: 8, noType: 0xbeef };

class Room {
  prime = generatePrimeSync(kPrimeBits, { bigint: true }).toString(16).padStart(kPrimeBits / 4, '0');
  members = [];
  newcomer = null;

  /** Asks the newcomer and one older member for their half; alone, the newcomer gets the generator at once. */
  exchange(newcomer) {
    this.newcomer = newcomer;
    const [old] = this.members.filter((member) => member !== newcomer);
    this.offer(newcomer, old ? 1 : 0, kGenerator, true);
    if (old) this.offer(old, 1, kGenerator, false);
  }

  /** The newcomer's half goes to all others, the older member's half to the newcomer. */
  pass(from, half) {
    const others = this.members.filter((member) => member !== this.newcomer);
    for (const member of from === this.newcomer ? others : [this.newcomer]) this.offer(member, 0, half, false);
  }

  offer(member, roundleft, keyintrmdt, changesecret) {
    member.send({ ver: 1, type: 'keyxchg_1', roundleft, changesecret, keyintrmdt, prime: this.prime });
  }
}

export class CchatServer {
  #rooms = new Map();

  /** `where` to listen: a host and port, or a server of Node's. */
  constructor(where, notes) {
    this.notes = notes;
    this.listener = new WebSocket.Server(where);
    this.listener.on('connection', (socket) => this.#accept(socket));
  }

  #accept(socket) {
    const address = clientAddress(socket._socket, 'server');
    const user = { id: null, room: null };
    user.send = (message) => {
      const payload = JSON.stringify(message);
      this.notes.said(address, 'server', payload);
      socket.send(payload);
    };
    user.error = (errcode) => user.send({ ver: 1, type: 'error', errcode });
    user.refuse = (errcode) => { user.error(errcode); socket.close(1000); };
    socket.on('message', (payload) => this.#answer(user, socket, JSON.parse(payload)));
  }

  #answer(user, socket, message) {
    if (!message.type) return user.error(kErrors.noType);
    if (message.type === 'join') return this.#join(user, message);
    if (!['message_0', 'keyxchg_2', 'leave'].includes(message.type)) return user.error(kErrors.wrongType);
    if (!user.room) return user.refuse(kErrors.notJoined);
    if (message.type === 'keyxchg_2' && message.roundleft > 0) user.room.pass(user, message.keyintrmdt);
    if (message.type === 'message_0') {
      for (const member of user.room.members) member.send({ ...message, type: 'message_1' });
    }
    if (message.type === 'leave') this.#leave(user, socket);
  }

  #join(user, { clientid, chatroom }) {
    const room = this.#rooms.get(chatroom) ?? new Room();
    this.#rooms.set(chatroom, room);
    if (room.members.some((member) => member.id === clientid)) return user.refuse(kErrors.duplicate);
    Object.assign(user, { id: clientid, room });
    room.members.push(user);
    room.exchange(user);
    user.error(kErrors.none);
  }

  #leave(user, socket) {
    const { members } = user.room;
    members.splice(members.indexOf(user), 1);
    user.error(kErrors.none);
    socket.close(1000);
    if (members.length > 0) user.room.exchange(members[0]);
  }
}

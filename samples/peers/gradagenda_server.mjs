// A small GradAgenda chat server on Node `ws` without compression: direct and mutable sessions in memory.
// What breaks the rules of the payload closes the connection: 1003 binary, 1007 no JSON, 1009 over 4 KB.

import { WebSocketServer } from 'ws';
import { clientAddress } from './notes.mjs';

const kPayloadLimit = 4096;
const kTokens = { anna: 'tok-anna', ben: 'tok-ben', '陈': 'tok-chen' };

export class GradAgendaServer {
  #users = new Map();     // the connections of who is authenticated, by user id
  #sessions = new Map();  // { id, kind, users } by session id

  /** `listen` says where: a port, or the HTTPS server that is in front. */
  constructor(listen, notes) {
    this.notes = notes;
    this.listener = new WebSocketServer({ ...listen, perMessageDeflate: false, maxPayload: kPayloadLimit });
    this.listener.on('connection', (socket, request) => this.#accept(socket, request.socket));
  }

  #accept(socket, tcp) {
    const address = clientAddress(tcp, 'server');
    const user = { id: null };
    user.send = (action) => {
      const payload = JSON.stringify(action);
      this.notes.said(address, 'server', payload);
      socket.send(payload);
    };
    socket.on('error', () => {});  // ws has closed with 1009
    socket.on('close', () => this.#users.delete(user.id));
    socket.on('message', (data, isBinary) => {
      if (isBinary) return socket.close(1003, 'text only');
      const action = parse(data);
      if (action) this.#act(user, action, user.send);
      else socket.close(1007, 'not JSON');
    });
  }

  /** `reply` takes what answers this action to its sender; the others hear of it on their own connections. */
  #act(user, action, reply) {
    const respond = (status, message) => reply({ cdid: action.cdid, type: 'status-response', status, message });
    const fail = (message) => respond('failed', message);
    const handler = kHandlers[action.type];
    if (!handler) return fail('unknown action');
    if (!user.id && action.type !== 'authenticate') return fail('authenticate first');
    handler({
      user, action, reply, fail, succeed: () => respond('succeeded'), users: this.#users, sessions: this.#sessions,
      tell: (ids, told) => ids.forEach((id) => (id === user.id ? reply(told) : this.#users.get(id)?.send(told))),
      act: (one, answer) => this.#act(user, one, answer),
    });
  }
}

function parse(data) {
  try {
    return JSON.parse(data.toString());
  } catch {
    return null;
  }
}

const info = ({ id, kind, users }, status) =>
  ({ type: 'providing-session-info', 'session-id': id, 'session-type': kind, status, 'user-id': users });

const kHandlers = {
  'authenticate'({ user, action, users, fail, succeed }) {
    if (user.id) return fail('already authenticated');
    if (kTokens[action['user-id']] !== action.token) return fail('bad token');
    user.id = action['user-id'];
    users.set(user.id, user);
    succeed();
  },
  'request-direct-session-info'({ user, action, sessions, reply, fail }) {
    if (!(action['user-id'] in kTokens)) return fail('no such user');
    const pair = [user.id, action['user-id']].sort();
    const session = { id: `direct:${pair.join('+')}`, kind: 'direct', users: pair };
    sessions.set(session.id, session);
    reply(info(session, 'unchanged'));
  },
  'request-mutable-session-creation'({ user, action, sessions, tell }) {
    const session = { id: `m${101 + sessions.size}`, kind: 'mutable', users: [user.id, ...action['user-id']] };
    sessions.set(session.id, session);
    tell(session.users, info(session, 'created'));
  },
  'request-mutable-session-modification'({ action, sessions, tell, fail }) {
    const session = sessions.get(action['session-id']);
    if (!session) return fail('no such session');
    if (session.kind === 'direct') return fail('a direct session cannot be modified');
    session.users = action['user-id'];
    tell(session.users, info(session, 'modified'));
  },
  'request-mutable-session-deletion'({ action, sessions, tell, fail }) {
    const session = sessions.get(action['session-id']);
    if (!session) return fail('no such session');
    sessions.delete(session.id);
    tell(session.users, info(session, 'deleted'));
  },
  'request-mutable-session-listing'({ user, sessions, reply }) {
    for (const session of sessions.values()) {
      if (session.kind === 'mutable' && session.users.includes(user.id)) reply(info(session, 'unchanged'));
    }
  },
  'request-sending-a-message'({ user, action, sessions, tell, fail }) {
    const session = sessions.get(action['session-id']);
    if (!session) return fail('no such session');
    tell(session.users, {
      type: 'message-broadcast', 'session-id': session.id, 'sender-id': user.id, message: action.message,
      'sender-timestamp': action['sender-timestamp'],
    });
  },
  'batch-mode-action'({ action, act, reply }) {
    const answers = [];
    for (const one of action.actions) act(one, (answer) => answers.push(answer));
    reply({ type: 'batch-mode-action', actions: answers });
  },
};

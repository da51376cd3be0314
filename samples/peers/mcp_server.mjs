// A small MCP 2.1.0 server: users in memory, one room to begin with. The reply to a request carries the
// request's id, and so do its copies to the other members of the room.

import { createServer } from 'node:net';
import { McpPeer } from './mcp_peer.mjs';

const kHeartbeatRate = 30000;

export class McpServer {
  #users = new Map([['alice', { password: 'curiouser', root: true }]]);
  #rooms = new Map([[1, { name: 'Lobby', members: new Set() }]]);

  constructor(notes) {
    this.notes = notes;
    this.listener = createServer((socket) => this.#accept(socket));
  }

  #accept(socket) {
    const user = { name: null };
    user.peer = new McpPeer(socket, 'server', this.notes, (message) => this.#answer(user, message));
    socket.on('close', () => this.#rooms.forEach((room) => room.members.delete(user)));
  }

  #answer(user, { type, data, room }) {
    const [major, minor, id] = type.split('.');
    const handler = kHandlers[`${major}.${minor}`];
    handler.call(this, {
      user, data, room, users: this.#users, rooms: this.#rooms,
      reply: (answer, body) => user.peer.send(`${answer}.${id}`, body),
      fail: (error, text) => user.peer.send(`Error.${error}.${id}`, { message: text }),
      tell: (members, answer, body, to) => members.forEach((m) => m.peer.send(`${answer}.${id}`, body, to)),
    });
  }
}

const names = (members) => [...members].map((member) => member.name);

function accept({ user, data, rooms, reply }) {
  user.name = data.username;
  const list = [...rooms].map(([id, { name, members }]) => ({ id, name, allUsers: names(members) }));
  reply('Authentication.Accepted', { rooms: list, heartbeatRate: kHeartbeatRate });
}

const kHandlers = {
  'Authentication.Login'(request) {
    const known = request.users.get(request.data.username);
    if (!known) return request.fail('UserNotFound', 'User not found');
    if (known.password !== request.data.password) return request.fail('UserPasswordInvalid', 'Wrong password');
    accept(request);
  },
  'Authentication.Register'(request) {
    if (request.users.has(request.data.username)) return request.fail('UserAlreadyExists', 'User already exists');
    request.users.set(request.data.username, { password: request.data.password, root: false });
    accept(request);
  },
  'Room.RequireList'({ rooms, reply }) {
    reply('Room.List', [...rooms].map(([room, { name }]) => ({ room, name })));
  },
  'Room.Create'({ data, rooms, reply }) {
    const room = rooms.size + 1;
    rooms.set(room, { name: data.name, members: new Set() });
    reply('Room.Created', { room, name: data.name });
  },
  'Room.Join'({ user, data, rooms, tell }) {
    const { members } = rooms.get(data.room);
    members.add(user);
    tell(members, 'Room.Joined', { room: data.room, user: user.name, allUsers: names(members) });
  },
  'Room.Leave'({ user, data, rooms, tell }) {
    const { members } = rooms.get(data.room);
    tell(members, 'Room.Left', { room: data.room, user: user.name });
    members.delete(user);
  },
  'Room.Delete'({ user, users, fail }) {
    if (!users.get(user.name).root) fail('AccessDenied', 'Only root may delete a room');
  },
  'Message.CreateTextMessage'({ user, data, room, rooms, tell, fail }) {
    if (!rooms.has(room)) return fail('RoomDontExists', `There is no room ${room}`);
    const body = { text: data.text, user: user.name, time: Date.now() };
    tell(rooms.get(room).members, 'Message.TextMessage', body, room);
  },
  'Heartbeat.Ping'() {},
};

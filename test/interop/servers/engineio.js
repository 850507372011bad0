// engine.io is a connection, not a chat: this application around it makes a room of all sessions that were
// opened with the same `channel` in their URL. A hold lasts until the next ping, here 5 s instead of 25.
import { Server } from 'engine.io';
import { bareServer, listen } from './listen.js';

const rooms = new Map();

function roomOf(name) {
  if (!rooms.has(name)) rooms.set(name, new Set());
  return rooms.get(name);
}

const engine = new Server({ pingInterval: 5000, pingTimeout: 20_000, transports: ['polling'] });
engine.on('connection', (session) => {
  const name = session.request._query.channel ?? '';
  const room = roomOf(name);
  room.add(session);
  session.on('message', (text) => {
    for (const member of room) member.send(text);
  });
  session.on('close', () => {
    room.delete(session);
    if (room.size === 0) rooms.delete(name);
  });
});

const server = bareServer();
engine.attach(server);
listen(server);

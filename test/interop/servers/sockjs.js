// SockJS is a connection, not a chat: this application around it makes a room of all sessions with the same
// server part in their URL (/sock/SERVER/SESSION/...). Heartbeats come every 5 s instead of 25.
import sockjs from 'sockjs';
import { bareServer, listen } from './listen.js';

const rooms = new Map();

function roomOf(name) {
  if (!rooms.has(name)) rooms.set(name, new Set());
  return rooms.get(name);
}

const endpoint = sockjs.createServer({
  prefix: '/sock',
  heartbeat_delay: 5000,
  disconnect_delay: 5000,
  websocket: false,
  log: () => {},
});
endpoint.on('connection', (session) => {
  const name = session.pathname.split('/')[2];
  const room = roomOf(name);
  room.add(session);
  session.on('data', (text) => {
    for (const member of room) member.write(text);
  });
  session.on('close', () => {
    room.delete(session);
    if (room.size === 0) rooms.delete(name);
  });
});

const server = bareServer();
endpoint.installHandlers(server);
listen(server);

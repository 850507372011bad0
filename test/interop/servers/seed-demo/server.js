// The chat demo of the article on long polling (javascript.info), retold: one room, no cursor, no end of a
// hold, no memory. It is a target to be judged, so what is weak in the original is weak here on purpose:
// any method on /subscribe is held, bodies have no limit, its own source is among the files that it serves,
// node-static throws on a NUL in a path and on HEAD, nothing catches that, and no signal is handled.
import { createServer } from 'node:http';
import { parse } from 'node:url';
import files from 'node-static';
import { listen } from '../listen.js';

const pages = new files.Server(import.meta.dirname);
const waiting = new Set();

function hold(request, response) {
  response.setHeader('Content-Type', 'text/plain;charset=utf-8');
  response.setHeader('Cache-Control', 'no-cache, must-revalidate');
  waiting.add(response);
  request.on('close', () => waiting.delete(response));
}

function tellEverybody(text) {
  for (const response of waiting) response.end(text);
  waiting.clear();
}

function readThenTell(request, response) {
  let text = '';
  request.setEncoding('utf8');
  request.on('data', (piece) => {
    text += piece;
  });
  request.on('end', () => {
    tellEverybody(text);
    response.end('ok');
  });
}

listen(
  createServer((request, response) => {
    const { pathname } = parse(request.url, true);
    if (pathname === '/subscribe') hold(request, response);
    else if (pathname === '/publish' && request.method === 'POST') readThenTell(request, response);
    else pages.serve(request, response);
  }),
);

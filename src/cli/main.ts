#!/usr/bin/env node
import { program } from './program.ts';

// A reader that has seen enough (`pollmark list | head -1`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

process.exitCode = await program(process.argv.slice(2), {
  cwd: process.cwd(),
  env: process.env,
  columns: process.stdout.columns ?? 80,
  outIsTty: process.stdout.isTTY === true,
  errIsTty: process.stderr.isTTY === true,
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
});

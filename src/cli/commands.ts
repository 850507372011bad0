import { parseOverride } from '../scenario/overrides.ts';
import { readProfile } from '../wire/profile.ts';
import { UsageError } from '../wire/usage.ts';
import { benchRows, simulateRows } from './bench-table.ts';
import { check, type ProfileCheck } from './check.ts';
import type { Command } from './command.ts';
import { compareCommand } from './compare.ts';
import { conformanceRows } from './conformance-table.ts';
import { list } from './list.ts';
import { loadBenchScenarios } from './load.ts';
import { matrix, matrixRows } from './matrix.ts';
import type { OptionRow } from './option.ts';
import { benchOptions } from './options.ts';
import { profileCommand } from './profile.ts';
import type { ServeOption } from './serve.ts';
import { show } from './show.ts';
import { sweepCommand } from './sweep.ts';
import { theoryQuestion, theoryRows } from './theory-options.ts';

const checkProfile: ProfileCheck = (text, file) => void readProfile(text, file);

const json: OptionRow = { name: 'json', kind: 'flag', description: 'result to stdout, nothing else there' };

/** Every command. The heavy ones are loaded when they run. */
export async function commands(): Promise<readonly Command[]> {
  const { serveOptionTable } = await import('./serve.ts');
  return [
    {
      name: 'bench',
      summary: 'compare regular and long HTTP polling',
      usage: 'npm run bench -- --scenario NAME [options]',
      rows: benchRows,
      examples: [
        'npm run bench -- --scenario chat-room',
        'npm run bench -- --scenario quick -s modes.1.retry.policy=article',
        'npx pollmark bench --scenario quick --json > result.json',
      ],
      async run({ values, words, problems, wrong }, io) {
        const made = benchOptions(values, words, wrong, io.cwd);
        refuse([...problems, ...made.problems]);
        // Everything that a look at the files can find wrong is said before anything is started.
        loadBenchScenarios(made.options, io.cwd);
        const { bench } = await import('./bench.ts');
        return bench(made.options, io);
      },
    },
    {
      name: 'simulate',
      summary: 'the same in virtual time: a million clients in seconds, no server, no network',
      usage: 'pollmark simulate --scenario NAME [options]',
      rows: simulateRows,
      examples: [
        'pollmark simulate --scenario quick',
        'pollmark simulate -S chat-room -s clients.count=1000000 -s arrivals.rate=0.1/s --duration 1m',
        'pollmark simulate -S quick -s server.service=2ms -s server.queue=500',
      ],
      async run({ values, words, problems, wrong }, io) {
        const made = benchOptions(values, words, wrong, io.cwd);
        refuse([...problems, ...made.problems]);
        loadBenchScenarios(made.options, io.cwd);
        const { simulate } = await import('./simulate.ts');
        return simulate(made.options, io);
      },
    },
    {
      name: 'conformance',
      summary: 'judge any polling or long-polling server over the wire',
      usage: 'npm run conformance -- --target URL --profile NAME [ID-PREFIX...]',
      rows: conformanceRows,
      examples: [
        'npm run conformance -- --target http://127.0.0.1:8080 --profile reference',
        'npm run conformance -- -p reference longpoll.hold http.method.head',
        'npx pollmark conformance -p ./mine.yaml --all --expect known.yaml',
      ],
      async run({ values, words, problems, wrong }, io) {
        const { conformanceOptions } = await import('./conformance-options.ts');
        const made = conformanceOptions(values, words, wrong, io);
        refuse([...problems, ...made.problems]);
        if (made.command.list) return (await import('./conformance-list.ts')).listRows(made.command, io);
        const { conformance } = await import('./conformance.ts');
        return conformance(made.command, io);
      },
    },
    {
      name: 'serve',
      summary: 'the reference server by itself',
      usage: 'npm run serve -- [options]',
      rows: serveOptionTable.map(serveRow),
      examples: [],
      async run({ values, words, problems }, io) {
        refuse([...problems, ...words.map((word) => `unexpected "${word}"`)]);
        const { serve } = await import('./serve.ts');
        const known = serveOptionTable.filter(({ name }) => values[name] !== undefined);
        const settings = Object.fromEntries(known.map(({ name, field }) => [field, values[name]]));
        return serve(settings, { print: (line) => io.out(`${line}\n`) });
      },
    },
    {
      name: 'list',
      summary: 'scenarios, with the question that each answers and the time it takes',
      usage: 'pollmark list',
      rows: [json],
      examples: [],
      run({ values, words, problems }, io) {
        refuse([
          ...problems,
          ...words.map((word) => `unexpected "${word}"; pollmark show ${word} shows one scenario`),
        ]);
        return list(values['json'] === true, io);
      },
    },
    {
      name: 'show',
      summary: 'one scenario: its file, with every default, or what it will do',
      usage: 'pollmark show NAME [--resolved] [--plan]',
      rows: [
        { name: 'resolved', kind: 'flag', description: 'with every default filled in' },
        { name: 'plan', kind: 'flag', description: 'timeline and numbers, without running' },
        {
          name: 'set',
          alias: 's',
          kind: 'list',
          description: 'override one field, e.g. -s clients.count=50',
        },
        json,
      ],
      examples: ['pollmark show chat-room --plan'],
      run({ values, words, problems }, io) {
        const overrides = ((values['set'] as string[] | undefined) ?? []).map((entry) =>
          parseOverride(entry),
        );
        const [name, ...more] = words;
        refuse([
          ...problems,
          ...(name === undefined ? ['which scenario? pollmark show NAME   (pollmark list shows all)'] : []),
          ...more.map((word) => `unexpected "${word}"; one scenario at a time`),
          ...overrides.filter((each) => typeof each === 'string'),
        ]);
        const [resolved, plan] = [values['resolved'] === true, values['plan'] === true];
        const fields = overrides.filter((each) => typeof each !== 'string');
        return show({ name: name!, resolved, plan, json: values['json'] === true, overrides: fields }, io);
      },
    },
    {
      name: 'check',
      summary: 'say everything that is wrong with scenarios and profiles',
      usage: 'pollmark check [FILE...]',
      rows: [json],
      examples: ['pollmark check scenarios/chat-room.yaml'],
      run({ values, words, problems }, io) {
        refuse(problems);
        return check(words, values['json'] === true, checkProfile, io);
      },
    },
    {
      name: 'report',
      summary: 'draw again what lies beside the result of a run',
      usage: 'pollmark report DIR',
      rows: [],
      examples: ['pollmark report reports/latest'],
      async run({ words, problems }, io) {
        refuse([
          ...problems,
          ...(words.length === 0 ? ['which run? pollmark report DIR   (for example reports/latest)'] : []),
        ]);
        return (await import('./report.ts')).report(words, io);
      },
    },
    {
      name: 'matrix',
      summary: 'one page out of several conformance results',
      usage: 'pollmark matrix A.json B.json ... [-o FILE]',
      rows: matrixRows,
      examples: [
        'pollmark matrix reports/*/conformance.json -o matrix.html',
        'pollmark matrix a.json b.json --markdown -o docs/conformance.md',
      ],
      run({ values, words, problems }, io) {
        refuse(problems);
        const out = values['out'] as string | undefined;
        return matrix({ files: words, out: out ?? null, markdown: values['markdown'] === true }, io);
      },
    },
    compareCommand,
    sweepCommand,
    profileCommand,
    {
      name: 'theory',
      summary: 'what to expect of both modes: requests, delays, traffic, cost, from your own numbers',
      usage: 'pollmark theory [options]',
      rows: theoryRows,
      examples: [
        'pollmark theory --clients 1000000 --rate 6/min --interval 10s --hold 30s --round-trip 100ms',
        'pollmark theory --rate 1/s --price 0.40 --idle-limit 60s --json',
      ],
      async run({ values, words, problems, wrong }, io) {
        const made = theoryQuestion(values, words, wrong);
        refuse([...problems, ...made.problems]);
        const { theory } = await import('./theory.ts');
        return theory(made.question, values['json'] === true, io);
      },
    },
  ];
}

function serveRow({ name, kind, choices, default: usual, description }: ServeOption): OptionRow {
  return {
    name,
    description,
    kind: kind === 'count' ? 'integer' : kind,
    ...(kind === 'count' && { min: 0 }),
    ...(choices !== undefined && { choices }),
    ...(usual !== undefined && { default: usual }),
  };
}

function refuse(problems: readonly string[]): void {
  if (problems.length > 0) throw new UsageError(problems);
}

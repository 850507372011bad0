// Has the compiled suite judge one server, in a process of its own: what other mutants cost must not be taken
// for a slow server. Told over the channel that it was forked with, and tells back what it found.
import { readFileSync } from 'node:fs';
import { runConformance } from '../../dist/conformance/run.js';
import { profileSchema } from '../../dist/wire/profile.js';
import { readYaml } from '../../dist/wire/yaml.js';

process.once('disconnect', () => process.exit(1));
process.once('message', async ({ file, overrides, target, rows }) => {
  try {
    const profile = readYaml(readFileSync(file, 'utf8'), file, profileSchema, overrides);
    const chosen = rows === undefined ? {} : { rows, all: true };
    const result = await runConformance({ profile, target, ...chosen });
    const { constants, warnings, duration_ms: durationMs } = result;
    const judged = result.rows.map((row) => ({ ...row, transcript: [] }));
    process.send({ rows: judged, constants, warnings, durationMs }, () => process.exit(0));
  } catch (error) {
    process.send({ failed: error.stack }, () => process.exit(0));
  }
});

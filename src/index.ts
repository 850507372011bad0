/** The public surface: everything here keeps its meaning within a major version. */

export { type Expectations, readExpectations } from './conformance/baseline.ts';
export type { Case } from './conformance/case.ts';
export { cases as conformanceCases } from './conformance/cases/index.ts';
export type { ConformanceOptions, ConformanceProgress } from './conformance/options.ts';
export { type ConformanceResult, conformanceResultSchema } from './conformance/result.ts';
export { runConformance } from './conformance/run.ts';
export { type CompareOptions, compare } from './measure/compare/compare.ts';
export { type Comparison, comparisonSchema } from './measure/compare/schema.ts';
export { readHistory, readRuns } from './measure/history.ts';
export { historyLine } from './measure/lines.ts';
export { type FaultSeen, type Result, resultSchema } from './measure/result.ts';
export { predict } from './measure/theory/predict.ts';
export type { Circumstances, Law, Polling, Prediction } from './measure/theory/prediction.ts';
export type { RunEvent } from './protocol/event.ts';
export { Hub, type HubOptions, type HubPort } from './protocol/hub.ts';
export { Subscriber, type SubscriberOptions, type SubscriberPort } from './protocol/subscriber.ts';
export { drawRun } from './report/run-files.ts';
export { drawTerminal } from './report/terminal.ts';
export type { Fault } from './scenario/fault.ts';
export { readScenario, writeScenario } from './scenario/file.ts';
export { loadProfile, loadScenario } from './scenario/find.ts';
export type { Group, GroupStep } from './scenario/group.ts';
export { type RunFinished, type RunOptions, runScenario } from './scenario/run.ts';
export type { Mode, Scenario } from './scenario/scenario.ts';
export {
  type SimulateOptions,
  simulateScenario as simulate,
  type VirtualProgress,
} from './scenario/simulate.ts';
export type { Target } from './scenario/staging.ts';
export { hasSweep, type PointOptions, runSweep, type SweepOptions } from './scenario/sweep.ts';
export { type Profile, readProfile } from './wire/profile.ts';
export { UsageError } from './wire/usage.ts';
export type { ServerOptions } from './world/real/server/options.ts';
export { createServer, type RunningServer, startServer } from './world/real/server/server.ts';

// The exports of every entry of the package.
export { classify, explain } from "./classify.js";
export {
  Crypt32ArgumentError,
  Crypt32ModuleError,
  Crypt32OptionError,
  Crypt32StateError,
  type ErrorCode,
} from "./errors.js";
export { Filter } from "./filter.js";
export type { LogRecord } from "./record.js";
export type { Log, LogPiece, Reporter, ReportOptions } from "./report.js";
export type {
  ComputerReport,
  ErrorCount,
  Gap,
  Interval,
  Moment,
  Neighbour,
  ReasonCount,
  Report,
  Review,
  Start,
  Totals,
} from "./report-types.js";
export type {
  Action,
  Basis,
  ClassifyOptions,
  ComputerLedger,
  Condition,
  EventVerdict,
  Evidence,
  FilterOptions,
  Ledger,
  Localised,
  Outcome,
  Related,
  Unjudged,
  Verdict,
} from "./types.js";
export { Crypt32FilterStream } from "./web-stream.js";

// The exports of every entry of the package.

export type {
  Advice,
  Basis,
  ComputerLedger,
  ComputerReport,
  Condition,
  ErrorCount,
  EventFacts,
  EventVerdict,
  Evidence,
  Explained,
  Failed,
  Gap,
  HourCount,
  Hours,
  Interval,
  Ledger,
  Neighbour,
  Outcome,
  Pace,
  Place,
  ProblemCause,
  ReasonCount,
  Related,
  RelatedKind,
  Resolution,
  Review,
  Side,
  Start,
  StartKind,
  State,
  Summary,
  Timeline,
  TimelineRow,
  Together,
  Totals,
  Unjudged,
  UnjudgedPlaces,
  Verdict,
} from "./answers.js";
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
export type { Action, ClassifyOptions, FilterOptions, Localised, Report } from "./types.js";
export { Crypt32FilterStream } from "./web-stream.js";

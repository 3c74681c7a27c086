/** The public API of got-hooks; docs/api.md shows how it is used. */
export { GotError, type ErrorCode } from "./base/errors.ts";
export { openWorkspace, type OpenWorkspaceOptions, type Workspace } from "./workspace/open-workspace.ts";
export { mergeByKind } from "./merge/merge-by-kind.ts";
export type { Conflict, Decision, MergeInputs, MergeOptions, MergeResult } from "./merge/merge-result.ts";
export { type Config, defaultConfig, parseConfig } from "./model/config.ts";
export type { DriverKind, FieldRule, PathRule, Policy, TypePolicy } from "./model/policy.ts";
export type { Backend } from "./lock/backend.ts";
export {
  type Attempted,
  type Coordinate,
  type Coordinated,
  createCoordinate,
  type Turn,
} from "./lock/coordinate/coordinate.ts";
export { createLocks, type CreateLocksOptions } from "./lock/create-locks.ts";
export type {
  AcquireOutcome,
  BreakOutcome,
  Grant,
  HolderInfo,
  HolderName,
  LockOptions,
  LockOutcome,
  Locks,
  LockState,
  Refusal,
  ResourceMetrics,
  RingMember,
} from "./lock/lock.ts";
export type { LockWarning } from "./lock/metrics/lock-metrics.ts";
export { openBackend } from "./lock/open-backend.ts";
export type { Log, LogProblem, NewEvent, OpenLogOptions, Position, ReadOptions } from "./log/log.ts";
export { openLog } from "./log/open-log.ts";
export type { Reducer, Replayed } from "./log/reducer.ts";
export type { LogEvent } from "./model/event.ts";
export type { Entity, EntityDraft } from "./model/entity.ts";
export { type Advice, contentionAlerts, type ContentionAlert } from "./store/metrics/contention-alerts.ts";
export type { EntityContention, FieldContention } from "./store/metrics/contention-counts.ts";
export type { AbortedTransaction } from "./store/metrics/contention-line.ts";
export {
  type EntityContentions,
  readAborted,
  readEntityContention,
} from "./store/metrics/read-entity-contention.ts";
export { type NamedPair, type Preview, type PreviewOptions, previewMerges } from "./preview/preview.ts";
export { resolveConflicts, type ResolveOptions, type ResolveReport } from "./resolve/resolve.ts";
export type { Wish } from "./resolve/wish.ts";
export { openStore, type OpenStoreOptions } from "./store/open-store.ts";
export type {
  AbortReason,
  BeginOptions,
  CommitOutcome,
  Conflict as TransactionConflict,
  Durability,
  Isolation,
  ReadOutcome,
  Resolution,
  StateChange,
  Store,
  StoreProblem,
  Transaction,
  TransactionOptions,
  TransactionOutcome,
  TransactionState,
} from "./store/store.ts";
export { openTasks, type OpenTasksOptions } from "./work/tasks/open-tasks.ts";
export type {
  ClaimOptions,
  ClaimOutcome,
  CloseOptions,
  CloseOutcome,
  NextOutcome,
  ReleaseOutcome,
  ReopenOutcome,
  TaskDraft,
  Tasks,
  TaskView,
} from "./work/tasks/tasks.ts";
export type { Checklist, ChecklistItem, Place, ShownItem } from "./work/checklists/checklist.ts";
export {
  openChecklists,
  type ItemOutcome,
  type OpenChecklists,
  type OpenChecklistsOptions,
} from "./work/checklists/open-checklists.ts";
export { exclusivelyUnder } from "./work/exclusively.ts";
export type { ExplainedPath, Explanation } from "./audit/explain.ts";
export { type CommitExplanation, explainCommit } from "./audit/explain-commit.ts";
export type { Loss, LossKind } from "./audit/loss.ts";
export {
  type DamagedMerge,
  type Verification,
  verifyMerges,
  type VerifyOptions,
} from "./audit/verify-range.ts";
export {
  type DecideOutcome,
  type DecisionDraft,
  type Decisions,
  type DecisionStatus,
  openDecisions,
} from "./work/notes/open-decisions.ts";
export { type NoteLinks, type Notes, openNotes } from "./work/notes/open-notes.ts";
export type { CommitNames, RecordContext, ShownCommit, ShownLink, ShownRecord } from "./work/notes/record.ts";

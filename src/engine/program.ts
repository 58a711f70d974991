// SPDX-License-Identifier: MIT
/**
 * The program that the engine executes: agents (CPUs, a device, a second kernel), each a control-flow
 * graph of small steps over its own registers, one shared byte-addressed memory, and the machine's state.
 *
 * Everything is numbers. Names and positions ride along for people and never reach generated code.
 */

/** Index of a step inside its agent's `steps`. */
export type Pc = number;
/** Index of a register inside its agent's `registers`. */
export type Register = number;
/** Width of a value while it is computed with: 32 is a JS int32, 64 a BigInt kept in signed 64-bit range. */
export type Width = 32 | 64;

export type BinaryOperator =
  | 'add'
  | 'sub'
  | 'mul'
  | 'and'
  | 'or'
  | 'xor'
  | 'shl'
  | 'shrSigned'
  | 'shrUnsigned'
  | 'divSigned'
  | 'divUnsigned'
  | 'remSigned'
  | 'remUnsigned';
export type CompareOperator = 'eq' | 'ne' | 'ltSigned' | 'leSigned' | 'ltUnsigned' | 'leUnsigned';

/**
 * A local expression: constants and the agent's own registers, never memory (loads are steps).
 * Operands of `binary` have the node's width; operands of `compare` both have `operandWidth`, its result
 * is the 32-bit 0 or 1. Shift counts have the node's width and are taken modulo it. Division by zero
 * fails the step with `Program.divideOutcome`. `select` evaluates only the operand it takes.
 */
export type Expr =
  | { readonly kind: 'const'; readonly width: Width; readonly value: bigint }
  | { readonly kind: 'reg'; readonly width: Width; readonly reg: Register }
  | {
      readonly kind: 'binary';
      readonly width: Width;
      readonly operator: BinaryOperator;
      readonly left: Expr;
      readonly right: Expr;
    }
  | {
      readonly kind: 'compare';
      readonly width: 32;
      readonly operandWidth: Width;
      readonly operator: CompareOperator;
      readonly left: Expr;
      readonly right: Expr;
    }
  | { readonly kind: 'negate' | 'complement'; readonly width: Width; readonly operand: Expr }
  /** Logical not of a value of any width: 1 if it is 0, else 0. */
  | { readonly kind: 'not'; readonly width: 32; readonly operand: Expr }
  /** Keeps the low `bits` of the operand, sign- or zero-extends them to `width`. */
  | {
      readonly kind: 'convert';
      readonly width: Width;
      readonly bits: 1 | 8 | 16 | 32 | 64;
      readonly signed: boolean;
      readonly operand: Expr;
    }
  | {
      readonly kind: 'select';
      readonly width: Width;
      readonly condition: Expr;
      readonly then: Expr;
      readonly else: Expr;
    };

export type Bytes = 1 | 2 | 4 | 8;
export type RmwOperator = 'add' | 'and' | 'or' | 'xor' | 'exchange' | 'compareExchange';
/**
 * Barriers of the kernel: `compiler` is `barrier()`, which orders nothing at run time; `atomic` is
 * `smp_mb__before_atomic()` and its kin, full for the kernel's model and nothing on x86, where the atomic operation
 * beside it is what orders.
 */
export type FenceKind = 'compiler' | 'full' | 'read' | 'write' | 'atomic';

/**
 * One step. `next` (and the targets of branches) index the same agent's steps. Steps marked "visible" in
 * the table below end a transition: other agents may run before them. All others are local and run with
 * the visible step before them.
 */
export type Step = { readonly position: number } /* local */ & (
  | { readonly kind: 'assign'; readonly reg: Register; readonly value: Expr; readonly next: Pc }
  | { readonly kind: 'branch'; readonly condition: Expr; readonly then: Pc; readonly else: Pc }
  | { readonly kind: 'jump'; readonly next: Pc }
  /** Records that the program came here at all (for `sometimes` properties); no effect on the state. */
  | { readonly kind: 'mark'; readonly mark: number; readonly next: Pc }
  /* visible */
  /** Registers narrower than 32 bits hold the value extended as `signed` says; 8 bytes go to a 64-bit register. */
  | {
      readonly kind: 'load';
      readonly reg: Register;
      readonly address: Expr;
      readonly bytes: Bytes;
      readonly signed: boolean;
      readonly acquire: boolean;
      readonly next: Pc;
    }
  | {
      readonly kind: 'store';
      readonly address: Expr;
      readonly value: Expr;
      readonly bytes: Bytes;
      readonly release: boolean;
      readonly next: Pc;
    }
  /**
   * A LOCKed read-modify-write. `reg` (or null) gets the old or the new value. `expected` only for
   * `compareExchange`. `ordered`: the C operation returns a value and is fully ordered under `weak`;
   * on `tso` every one of them is.
   */
  | {
      readonly kind: 'rmw';
      readonly reg: Register | null;
      readonly result: 'old' | 'new';
      readonly operator: RmwOperator;
      readonly address: Expr;
      readonly operand: Expr;
      readonly expected: Expr | null;
      readonly bytes: Bytes;
      readonly signed: boolean;
      readonly ordered: boolean;
      readonly next: Pc;
    }
  | { readonly kind: 'fence'; readonly fence: FenceKind; readonly next: Pc }
  /** One transition for each value: `reg` becomes 0 … count-1. */
  | { readonly kind: 'choose'; readonly reg: Register; readonly count: number; readonly next: Pc }
  /**
   * A wait that may time out: `reg` becomes 0 (go on waiting); where no other agent has an enabled step and no
   * store is buffered anywhere, it may also become 1 (the time is up). Another agent's `expire` does not count as a
   * step there: two agents that wait for each other both run out of time. And only where the agent has gone on once
   * since then, so that it looked again at what it waits for.
   */
  | { readonly kind: 'expire'; readonly reg: Register; readonly next: Pc }
  /** An operation of the machine, by its index in `Program.machine.operations`. */
  | {
      readonly kind: 'machine';
      readonly operation: number;
      readonly arguments: readonly Expr[];
      readonly reg: Register | null;
      readonly next: Pc;
    }
  /** The named outcome happens. A fatal one ends the story; another one is recorded and the run goes on. */
  | { readonly kind: 'outcome'; readonly outcome: number; readonly next: Pc }
  /**
   * The agent is done. With `results` (registers, usually), which can still be read from the state then, it is done as
   * soon as it comes here, and the step is no transition of its own.
   */
  | { readonly kind: 'end'; readonly results?: readonly Expr[] }
);

export interface RegisterInfo {
  readonly name: string;
  readonly width: Width;
}

export interface Agent {
  readonly name: string;
  readonly registers: readonly RegisterInfo[];
  readonly steps: readonly Step[];
  readonly entry: Pc;
  /** Whether the agent runs from the beginning; the others wait until a machine operation starts them. */
  readonly running: boolean;
}

/** What an agent is doing. A `stopped` agent keeps its place and never runs again. */
export const AgentStatus = { waiting: 0, running: 1, stopped: 2, done: 3 } as const;
export type AgentStatus = (typeof AgentStatus)[keyof typeof AgentStatus];

/**
 * What a machine operation may see and do. All values are signed; 64-bit arguments come as BigInt, 32-bit
 * ones as int32, as their expressions' widths say. Valid only during the call.
 */
export interface OperationContext {
  /** The machine's words of the state that is being changed; `machine.words` long, starting at `base`. */
  readonly state: Int32Array;
  readonly base: number;
  /** Index of the agent that executes the operation. */
  readonly agent: number;
  /** Reads memory as it is, past every store buffer. */
  load32(address: number): number;
  load64(address: number): bigint;
  /** Writes memory at once, past every store buffer, with the machine's `stored` hook. */
  store32(address: number, value: number): void;
  store64(address: number, value: bigint): void;
  /** Lets all stores of an agent's buffer reach memory, in order. */
  drain(agent: number): void;
  status(agent: number): AgentStatus;
  /** Starting an agent drains the buffer of the agent that executes the operation first: starting is a message. */
  setStatus(agent: number, status: AgentStatus): void;
  /** The named outcome happens in this transition. */
  outcome(index: number): void;
}

/**
 * One effect of a command. Expressions are 32 bits wide, do not divide, and their registers are the command's: its
 * arguments, then the machine's words, then what `load` brought. Memory is read past every store buffer.
 */
export type Effect =
  /** The operation cannot run where the condition is 0, whatever came before. */
  | { readonly kind: 'require'; readonly condition: Expr }
  /** Writes one of the machine's words. */
  | { readonly kind: 'set'; readonly word: number; readonly value: Expr }
  /** Must not cross a multiple of 4 bytes. */
  | {
      readonly kind: 'load';
      readonly reg: Register;
      readonly address: Expr;
      readonly bytes: 1 | 2 | 4;
      readonly signed: boolean;
    }
  | { readonly kind: 'outcome'; readonly outcome: number }
  | {
      readonly kind: 'when';
      readonly condition: Expr;
      readonly then: readonly Effect[];
      readonly else: readonly Effect[];
    };

/** What an operation does, as data: a guarded command that happens in one piece. */
export interface Command {
  readonly parameters: number;
  /** The machine's `words`. */
  readonly words: number;
  /** How many registers there are: parameters, words, and what loads bring. */
  readonly registers: number;
  readonly effects: readonly Effect[];
}

export interface MachineOperation {
  readonly name: string;
  /**
   * Serialising: the agent's own store buffer drains before the operation runs. An operation that is not must give the
   * same result whether or not its agent's latest stores have reached memory: the search leaves out late stores that
   * no other agent could see.
   */
  readonly serialising: boolean;
  /**
   * False where the operation cannot run, whatever its arguments are: asked of the machine's words, `machine.words` from
   * `base` on, before all else. Only of operations that do not serialise.
   */
  readonly guard?: (state: Int32Array, base: number) => boolean;
  /** Says the same as `run` (command.ts makes `run` of it), so that large searches need not call it. */
  readonly command?: Command;
  /** Whether programs give it 64-bit arguments, such as addresses; else they give numbers of 32 bits. */
  readonly wide?: boolean;
  /** Gives the result (0 where there is none), or `null` where the operation cannot run now (the agent waits). */
  run(context: OperationContext, ...args: readonly (number | bigint)[]): number | bigint | null;
}

export interface Machine {
  /** How many 32-bit words of machine state. */
  readonly words: number;
  readonly operations: readonly MachineOperation[];
  /** Fills the machine's words of the initial state (they are zero). */
  initialise(state: Int32Array, base: number): void;
  /**
   * Called after a store, an RMW or a machine write changed memory inside [from, to); null where the machine
   * watches no memory. The context's `agent` is the one whose store it was.
   */
  readonly watched: {
    readonly from: number;
    readonly to: number;
    stored(context: OperationContext, address: number, bytes: Bytes): void;
  } | null;
  /**
   * Memory inside [from, to) that may not always be used (a heap): asked at every load, store and read-modify-write that
   * a program makes there, before it happens. Gives the outcome of the access, which ends the story whatever its `fatal`
   * says, or -1 where it is allowed. May look at the machine's words only, `machine.words` from `base` on.
   */
  readonly guarded?: {
    readonly from: number;
    readonly to: number;
    refuses(state: Int32Array, base: number, address: number, bytes: Bytes): number;
  };
  /**
   * Called for a load or store outside memory (the kernel's direct map, for example): gives the value read
   * (anything for a store), or null where nothing is there either, which makes `faultOutcome` of it. Such
   * stores are not buffered.
   */
  access(context: OperationContext, address: bigint, bytes: Bytes, write: boolean): bigint | null;
}

export interface OutcomeInfo {
  readonly id: string;
  readonly fatal: boolean;
}

export type MemoryModel = 'tso' | 'weak' | 'sc';

export interface Program {
  readonly agents: readonly Agent[];
  /** Size of shared memory in bytes, a multiple of 8. Addresses run from `memoryBase`; any other address faults. */
  readonly memoryBytes: number;
  readonly memoryBase: number;
  /** Initial bytes, `memoryBytes` long. */
  readonly image: Uint8Array;
  /**
   * Addresses below this offset from `memoryBase` are reached by one agent only: no store to them is ever buffered.
   * (The lowering puts address-taken locals there.)
   */
  readonly privateBytes: number;
  readonly machine: Machine;
  readonly outcomes: readonly OutcomeInfo[];
  /** Index of the outcome for an access outside memory or a division by zero. */
  readonly faultOutcome: number;
  readonly divideOutcome: number;
  /**
   * Index of the outcome for local steps without end (more than `Bounds.maxLocalSteps` in one transition). These three
   * outcomes always end the story, whatever their `fatal` says: there is no sensible way to go on.
   */
  readonly hangOutcome: number;
  readonly marks: readonly string[];
}

/** What the search may use and how it treats memory. */
export interface Bounds {
  readonly model: MemoryModel;
  /** Entries of each agent's store buffer. */
  readonly bufferDepth: number;
  readonly maxStates: number;
  /** Bytes of the table of states; none given is no bound. */
  readonly maxBytes?: number;
  /** Time since the search was made; none given is no bound. */
  readonly maxMilliseconds?: number;
  /** Local steps in one transition before the run is taken for a loop without end (outcome `hang`). */
  readonly maxLocalSteps: number;
}

import type { ASTNode } from '@marcbachmann/cel-js';
import { CALLABLE, CONDITION_LIMITS, LOOPS } from './limits';
import { vocabulary, type ConditionFacts, type FactName } from './vocabulary';

/** Why a text is no condition, and where: a character's place in it, counted from 0. */
export interface ConditionFault {
  readonly message: string;
  readonly position: number;
}

/** A condition ready to be asked, and which facts it asks for. */
export interface Condition {
  readonly source: string;
  readonly uses: ReadonlySet<FactName>;
  ask(facts: ConditionFacts): ConditionAnswer;
}

/**
 * `NOT_TOLD`: it asks for place or weather, which this purchase did not tell. `FAILED`: it met a value it cannot compare, or
 * would take more steps than it may.
 */
export type ConditionAnswer =
  { readonly outcome: 'TRUE' | 'FALSE' | 'NOT_TOLD' } | { readonly outcome: 'FAILED'; readonly message: string };

/**
 * Reads a condition in CEL: its syntax, its types and its limits are checked before it is ever asked.
 *
 * Source: the Common Expression Language, restricted to functions whose cost is bounded; see CALLABLE.
 *
 * @returns the condition, or the first fault with its place
 */
export function readCondition(source: string): Condition | ConditionFault {
  if (source.length > CONDITION_LIMITS.source) {
    return { message: `is longer than ${CONDITION_LIMITS.source} characters`, position: CONDITION_LIMITS.source };
  }
  const checked = vocabulary.check(source);
  if (!checked.valid) return faultOf(checked.error);
  if (checked.type !== 'bool') return { message: `must be true or false, not ${checked.type}`, position: 0 };
  const run = vocabulary.parse(source);
  run.check();
  const shape = new Shape();
  const fault = shape.visit(run.ast, false);
  if (fault !== null) return fault;
  return { source, uses: shape.uses, ask: (facts) => ask(run, shape, facts) };
}

/** Whether what was read is a fault. */
export function isConditionFault(read: Condition | ConditionFault): read is ConditionFault {
  return 'position' in read;
}

function faultOf(error: unknown): ConditionFault {
  const { summary, message, range } = error as { summary?: string; message: string; range?: { start: number } };
  return { message: (summary ?? message).slice(0, 200), position: range?.start ?? 0 };
}

/** What a condition is made of, as far as its cost and its facts go. */
class Shape {
  readonly uses = new Set<FactName>();
  nodes = 0;
  nodesInLoops = 0;
  joins = 0;

  visit(node: ASTNode, inLoop: boolean): ConditionFault | null {
    this.nodes += 1;
    if (inLoop) this.nodesInLoops += 1;
    if (node.op === '+') this.joins += 1;
    if (node.op === 'id' && vocabulary.hasVariable(node.args)) this.uses.add(node.args as FactName);
    const name = node.op === 'call' || node.op === 'rcall' ? node.args[0] : null;
    if (name !== null && !CALLABLE.has(name)) {
      return { message: `${name} may not be called in a condition`, position: node.start };
    }
    const loops = name !== null && LOOPS.has(name);
    if (loops && inLoop) return { message: 'a loop inside a loop takes too long', position: node.start };
    for (const child of childrenOf(node)) {
      // What is walked is made once; only what is said of each element is said many times.
      const isWalked = node.op === 'rcall' && child === node.args[1];
      const fault = this.visit(child, inLoop || (loops && !isWalked));
      if (fault !== null) return fault;
    }
    return null;
  }
}

function childrenOf({ args }: ASTNode): ASTNode[] {
  const isNode = (value: unknown): value is ASTNode => typeof value === 'object' && value !== null && 'op' in value;
  if (isNode(args)) return [args];
  return Array.isArray(args) ? (args as unknown[]).flat(2).filter(isNode) : [];
}

function ask(run: (facts: ConditionFacts) => unknown, shape: Shape, facts: ConditionFacts): ConditionAnswer {
  if (shape.uses.has('place') && facts.place === undefined) return { outcome: 'NOT_TOLD' };
  if (shape.uses.has('weather') && facts.weather === undefined) return { outcome: 'NOT_TOLD' };
  if (shape.nodesInLoops > 0) {
    const steps = shape.nodes + shape.nodesInLoops * longestList(shape.uses, facts) * (shape.joins + 1);
    if (steps > CONDITION_LIMITS.steps) return { outcome: 'FAILED', message: 'would take more steps than it may' };
  }
  try {
    return { outcome: run(facts) === true ? 'TRUE' : 'FALSE' };
  } catch (error) {
    // The library throws what a condition does wrong, such as comparing text with a number; it fails alone.
    return { outcome: 'FAILED', message: faultOf(error).message };
  }
}

/** The longest list among the facts a condition uses; a list written into it is never longer than its own limit. */
function longestList(uses: ReadonlySet<FactName>, facts: ConditionFacts): number {
  let longest: number = CONDITION_LIMITS.listElements;
  const look = (value: unknown): void => {
    if (Array.isArray(value)) {
      longest = Math.max(longest, value.length);
      if (value.length > 0 && typeof value[0] === 'object') value.forEach(look);
    } else if (typeof value === 'object' && value !== null) {
      const values = Object.values(value);
      longest = Math.max(longest, values.length);
      values.forEach(look);
    }
  };
  for (const name of uses) {
    if (name === 'lines') longest = Math.max(longest, facts.lines.length);
    else if (name === 'segments') longest = Math.max(longest, facts.segments.length);
    else if (name === 'attributes' || name === 'profile') look(facts[name]);
  }
  return longest;
}

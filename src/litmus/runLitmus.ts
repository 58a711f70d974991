// SPDX-License-Identifier: MIT
/** Runs one litmus test: text in, the lines that herd7 would print out. */
import type { CParser } from '../c/parser';
import { type Condition, forEachLocation, type Location, type Named } from './condition';
import { cOrder, prepareC } from './cProgram';
import { finalStates, type RunOptions } from './finalStates';
import { type InitialItem, readInitial } from './initial';
import type { Prepared } from './prepared';
import { Problem } from './problem';
import { type Question, readQuestion } from './question';
import { type RegisterOrder, type Report, reportTest, shownLocations } from './report';
import { cutSections, type Sections, testName } from './sections';
import { nameX86, prepareX86, x86Order } from './x86Program';

export interface LitmusResult {
  readonly name: string;
  /** `unread`: the test could not be read or run; `bound`: not all its states were visited. */
  readonly status: 'done' | 'unread' | 'bound';
  /** What to print: a block as herd7's, or a line that says what is wrong. */
  readonly text: string;
  /** How often the condition's proposition holds; null where that is not known. */
  readonly observation: Report['observation'] | null;
}

/** Larger texts are no litmus tests. */
const mostText = 1 << 20;

/**
 * Runs a test. Never throws: what is wrong with the test is the result.
 * @param parser loads the C parser; called only for tests in C
 * @param file name that errors are told with
 */
export async function runLitmus(
  text: string,
  file: string,
  parser: () => Promise<CParser>,
  options: RunOptions,
): Promise<LitmusResult> {
  const fallback = file.replace(/^.*\//, '').replace(/\.litmus$/, '') || file;
  let name = fallback;
  const fail = (status: 'unread' | 'bound', why: string, offset: number): LitmusResult => ({
    name,
    status,
    text: `Error ${name}: ${file}:${lineAt(text, offset)}: ${why}`,
    observation: null,
  });
  try {
    if (text.length > mostText) throw new Problem(`the file has more than ${mostText} characters`, 0);
    name = testName(text) ?? fallback;
    const sections = cutSections(text);
    name = sections.name;
    const { question, prepared, order } = await prepare(sections, file, parser);
    const shown = shownLocations(question, locationsOf(question.condition.proposition), order);
    const filterOnly = shownLocations(
      { ...question, locations: [] },
      question.filter ? locationsOf(question.filter) : [],
      order,
    );
    const locations = [...shown, ...filterOnly];
    const { states, exhausted } = finalStates(prepared, locations, options);
    if (!exhausted) return fail('bound', `not all states were visited: there are more than ${options.maxStates}`, 0);
    const report = reportTest(name, question, locations, shown.length, states);
    return { name, status: 'done', text: report.text, observation: report.observation };
  } catch (error) {
    if (error instanceof Problem) return fail('unread', error.message, error.offset);
    return fail('unread', error instanceof Error ? error.message : String(error), 0);
  }
}

interface Ready {
  readonly question: Question;
  readonly prepared: Prepared;
  readonly order: RegisterOrder;
}

async function prepare(sections: Sections, file: string, parser: () => Promise<CParser>): Promise<Ready> {
  const { architecture, text, code } = sections;
  const initial: readonly InitialItem[] = readInitial(text, sections.initial);
  const named: Named = (location, offset) =>
    architecture === 'C' ? location : nameX86(location, architecture, offset);
  const question = readQuestion(text, sections.question, named);
  const filtered = question.filter ? locationsOf(question.filter) : [];
  const asked = [...question.locations, ...locationsOf(question.condition.proposition), ...filtered];
  if (architecture !== 'C')
    return { question, prepared: prepareX86(architecture, text, code, initial, asked), order: x86Order(architecture) };
  return { question, prepared: prepareC(await parser(), file, text, code, initial, asked), order: cOrder };
}

function locationsOf(proposition: Condition['proposition']): Location[] {
  const found: Location[] = [];
  forEachLocation(proposition, (location) => found.push(location));
  return found;
}

/** 1-based line of an offset. */
function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line++;
  return line;
}

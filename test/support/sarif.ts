// SPDX-License-Identifier: MIT
/**
 * The part of the SARIF 2.1.0 schema that our logs use, by hand: which properties an object has, of which kind, and
 * which it must have. As in the schema no other property is allowed, but for those that it has and that we never write:
 * these count as errors here, too.
 */

type Check = (value: unknown, path: string, errors: string[]) => void;

const text: Check = (value, path, errors) => {
  if (typeof value !== 'string') errors.push(`${path} is no string`);
};
const truth: Check = (value, path, errors) => {
  if (typeof value !== 'boolean') errors.push(`${path} is no boolean`);
};
const bag: Check = (value, path, errors) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) errors.push(`${path} is no object`);
};
/** A URI or a relative reference. */
const uri: Check = (value, path, errors) => {
  if (typeof value !== 'string' || !/^[\w\-.~:/?#[\]@!$&'()*+,;=%]*$/.test(value) || !URL.canParse(value, 'file:///'))
    errors.push(`${path} is no URI reference: ${String(value)}`);
};
const from =
  (least: number): Check =>
  (value, path, errors) => {
    if (!Number.isInteger(value) || Number(value) < least) errors.push(`${path} is no integer from ${least} on`);
  };
const one =
  (...allowed: readonly string[]): Check =>
  (value, path, errors) => {
    if (!allowed.includes(String(value))) errors.push(`${path} is ${String(value)}`);
  };
const list =
  (check: Check, { least = 0, unique = false } = {}): Check =>
  (value, path, errors) => {
    if (!Array.isArray(value)) {
      errors.push(`${path} is no array`);
      return;
    }
    if (value.length < least) errors.push(`${path} has fewer than ${least} items`);
    if (unique && new Set(value.map((item) => JSON.stringify(item))).size < value.length)
      errors.push(`${path} has the same item twice`);
    for (const [at, item] of value.entries()) check(item, `${path}[${at}]`, errors);
  };
const map =
  (check: Check): Check =>
  (value, path, errors) => {
    bag(value, path, errors);
    for (const [name, item] of Object.entries(value ?? {})) check(item, `${path}.${name}`, errors);
  };
/** An object; the names of properties that it must have end in `!`. */
const object =
  (properties: Readonly<Record<string, Check>>): Check =>
  (value, path, errors) => {
    bag(value, path, errors);
    const found = new Map(Object.entries(value ?? {}));
    for (const [key, check] of Object.entries(properties)) {
      const name = key.replace('!', '');
      const item: unknown = found.get(name);
      if (item !== undefined) check(item, `${path}.${name}`, errors);
      else if (key.endsWith('!')) errors.push(`${path} has no ${name}`);
      found.delete(name);
    }
    for (const name of found.keys()) errors.push(`${path} has ${name}, which the schema does not know there`);
  };

const message = object({ 'text!': text });
const level = one('none', 'note', 'warning', 'error');
const artifactLocation = object({ uri });
const region: Check = (value, path, errors) => {
  object({ 'startLine!': from(1), startColumn: from(1), endLine: from(1), endColumn: from(1) })(value, path, errors);
  const { startLine, startColumn, endLine, endColumn } = value as Readonly<Record<string, number>>;
  const isBackwards = Number(endLine) < Number(startLine);
  if (isBackwards || (startLine === endLine && Number(endColumn) < Number(startColumn)))
    errors.push(`${path} ends before it starts`);
};
const location = object({
  id: from(-1),
  physicalLocation: object({ 'artifactLocation!': artifactLocation, region }),
  message,
});
const notification = object({ 'message!': message, level, locations: list(location, { unique: true }) });
const threadFlow = object({
  id: text,
  'locations!': list(object({ executionOrder: from(-1), location, state: map(message) }), { least: 1 }),
});
const fix = object({
  description: message,
  'artifactChanges!': list(
    object({
      'artifactLocation!': artifactLocation,
      'replacements!': list(object({ 'deletedRegion!': region, insertedContent: object({ text }) }), { least: 1 }),
    }),
    { least: 1, unique: true },
  ),
});
const result: Check = (value, path, errors) => {
  object({
    ruleId: text,
    ruleIndex: from(-1),
    kind: one('notApplicable', 'pass', 'fail', 'review', 'open', 'informational'),
    level,
    baselineState: one('new', 'unchanged', 'updated', 'absent'),
    'message!': message,
    locations: list(location),
    relatedLocations: list(location, { unique: true }),
    codeFlows: list(object({ message, 'threadFlows!': list(threadFlow, { least: 1 }) })),
    fixes: list(fix, { unique: true }),
    properties: bag,
  })(value, path, errors);
  const { kind, level: shown } = value as Readonly<Record<string, unknown>>;
  if (kind !== 'fail' && shown !== 'none') errors.push(`${path} is of kind ${String(kind)} and has a level`);
};
const rule = object({
  'id!': text,
  shortDescription: message,
  fullDescription: message,
  help: message,
  defaultConfiguration: object({ level }),
});
const log = object({
  $schema: uri,
  'version!': one('2.1.0'),
  'runs!': list(
    object({
      'tool!': object({
        'driver!': object({ 'name!': text, version: text, informationUri: uri, rules: list(rule, { unique: true }) }),
      }),
      columnKind: one('utf16CodeUnits', 'unicodeCodePoints'),
      invocations: list(object({ 'executionSuccessful!': truth, toolExecutionNotifications: list(notification) })),
      results: list(result),
      properties: bag,
    }),
  ),
});

/** What is wrong with a SARIF log, a sentence each; empty where nothing is. */
export function sarifErrors(value: unknown): readonly string[] {
  const errors: string[] = [];
  log(value, 'log', errors);
  return errors;
}

// SPDX-License-Identifier: MIT
/** Threads: which mail answers which. */

import type { Author } from './address';
import type { SubjectPrefix } from './subject';

/** What threads and series are told from: the headers of a mail, and whether a patch of its own is in it. */
export interface ThreadMail {
  readonly messageId: string | null;
  readonly inReplyTo: string | null;
  readonly references: readonly string[];
  /** Without `Re:` and bracketed prefixes. */
  readonly subject: string;
  readonly rawSubject: string;
  readonly isReply: boolean;
  readonly hasPatch: boolean;
  readonly author: Author | null;
  readonly prefix: SubjectPrefix;
}

/** All arrays have one entry per mail; indexes are 0-based. */
export interface Threads {
  /** The mail that a mail answers, as far as it is there; -1 for none. */
  readonly parents: Int32Array;
  /** The number of the thread, counted in the order of the mails. */
  readonly threads: Int32Array;
  /** The first mail of the same Message-ID where a mail is there more than once, else -1. */
  readonly duplicates: Int32Array;
}

/**
 * Threads of mails in document order: by In-Reply-To and References, also through mails that are missing; mails without
 * any ids by their subject. What would make a mail its own ancestor is ignored. Linear; never throws.
 */
export function findThreads(mails: readonly ThreadMail[]): Threads {
  const parents = new Int32Array(mails.length).fill(-1);
  const duplicates = new Int32Array(mails.length).fill(-1);
  const byId = new Map<string, number>();
  mails.forEach(({ messageId }, i) => {
    if (messageId === null) return;
    const first = byId.get(messageId);
    if (first === undefined) byId.set(messageId, i);
    else duplicates[i] = first;
  });
  const groups = new Groups(mails.length);
  const groupOfId = new Map<string, number>();
  const bySubject = openSubjects(mails);
  mails.forEach((mail, i) => {
    const { messageId, inReplyTo, references } = mail;
    const ids = inReplyTo === null ? references : [...references, inReplyTo];
    for (const id of messageId === null ? ids : [messageId, ...ids]) {
      const member = groupOfId.get(id);
      if (member === undefined) groupOfId.set(id, i);
      else groups.join(member, i);
    }
    for (let at = ids.length - 1; at >= 0 && parents[i] === -1; at--) {
      const parent = byId.get(ids[at] ?? '') ?? -1;
      if (parent >= 0 && parent !== i && parent !== duplicates[i]) parents[i] = parent;
    }
    if (parents[i] !== -1 || !mail.isReply) return;
    const answered = bySubject.get(subjectKey(mail)) ?? bySubject.get(mail.subject.toLowerCase()) ?? -1;
    // Ids that are there and lead elsewhere are right.
    if (answered >= 0 && answered !== i && (ids.length === 0 || mails[answered]?.messageId === null)) {
      parents[i] = answered;
      groups.join(answered, i);
    }
  });
  cutCycles(parents);
  return { parents, threads: groups.numbers(), duplicates };
}

/** Subjects of mails that are no replies: with version and part, and without where they are the only ones. */
function openSubjects(mails: readonly ThreadMail[]): Map<string, number> {
  const found = new Map<string, number>();
  mails.forEach((mail, i) => {
    if (mail.isReply || mail.subject === '') return;
    for (const key of [subjectKey(mail), mail.subject.toLowerCase()]) if (!found.has(key)) found.set(key, i);
  });
  return found;
}

function subjectKey({ subject, prefix }: ThreadMail): string {
  return `${prefix.version} ${prefix.part ?? ''} ${subject.toLowerCase()}`;
}

/** Takes away one link of each ring of parents. */
function cutCycles(parents: Int32Array): void {
  // 0: not seen; else the number of the walk that saw it.
  const seen = new Int32Array(parents.length);
  for (let start = 0; start < parents.length; start++) {
    let mail = start;
    while (seen[mail] === 0) {
      seen[mail] = start + 1;
      const parent = parents[mail] ?? -1;
      if (parent < 0) break;
      if (seen[parent] === start + 1) {
        parents[mail] = -1;
        break;
      }
      mail = parent;
    }
  }
}

/** Disjoint groups of numbers. */
class Groups {
  readonly #first: Int32Array;

  constructor(count: number) {
    this.#first = Int32Array.from({ length: count }, (_, i) => i);
  }

  #rootOf(member: number): number {
    let root = member;
    while ((this.#first[root] ?? root) !== root) {
      const above = this.#first[root] ?? root;
      this.#first[root] = this.#first[above] ?? above;
      root = above;
    }
    return root;
  }

  join(a: number, b: number): void {
    const one = this.#rootOf(a);
    const other = this.#rootOf(b);
    this.#first[Math.max(one, other)] = Math.min(one, other);
  }

  /** The groups, numbered from 0 in the order of their first members. */
  numbers(): Int32Array {
    const known = new Map<number, number>();
    return this.#first.map((_, member) => {
      const root = this.#rootOf(member);
      const number = known.get(root) ?? known.size;
      known.set(root, number);
      return number;
    });
  }
}

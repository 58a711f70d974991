// SPDX-License-Identifier: MIT
/** Mails of a thread, written by tests. */

export interface TestMail {
  readonly id?: string;
  readonly to?: string;
  readonly references?: readonly string[];
  readonly from?: string;
  readonly subject: string;
  readonly body?: string;
}

/** A mailbox with the mails in their order; `id` and `to` are Message-ID and In-Reply-To, given without a domain. */
export function mailbox(mails: readonly TestMail[]): string {
  return mails.map(mail).join('\n');
}

function mail({ id, to, references, from, subject, body }: TestMail, at: number): string {
  const seconds = String(at % 60).padStart(2, '0');
  const minutes = String(Math.floor(at / 60) % 60).padStart(2, '0');
  return [
    'From mboxrd@z Thu Jan  1 00:00:00 1970',
    `From: ${from ?? 'A Author <author@example.org>'}`,
    `Subject: ${subject}`,
    `Date: Mon, 2 Jun 2025 10:${minutes}:${seconds} +0000`,
    ...(id === undefined ? [] : [`Message-ID: <${id}@x.example>`]),
    ...(to === undefined ? [] : [`In-Reply-To: <${to}@x.example>`]),
    ...(references === undefined ? [] : [`References: ${references.map((one) => `<${one}@x.example>`).join(' ')}`]),
    '',
    body ?? 'Some words.',
    '',
  ].join('\n');
}

/** A patch of one file that adds a line at line `start`. */
export function change(name: string, added: string, start = 10, trailers = ''): string {
  return `Why it is needed.

Signed-off-by: A Author <author@example.org>${trailers === '' ? '' : `\n${trailers}`}
---
 ${name} | 1 +

diff --git a/${name} b/${name}
index 1111111..2222222 100644
--- a/${name}
+++ b/${name}
@@ -${start},3 +${start},4 @@ int f(void)
 	int a = 1;
 
+	${added}
 	return a;
-- 
2.40.1
`;
}

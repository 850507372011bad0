import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type Answer, contentAnswer, type Semantics } from '../../../../wire/http.ts';
import { compiledUrl } from '../../compiled.ts';
import { pageHtml } from './html.ts';
import { pageStyle } from './style.ts';

const styleHash = createHash('sha256').update(pageStyle).digest('base64');

/** The page may run its own script, wear its own style and talk to its own server; nothing else. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  `style-src 'sha256-${styleHash}'`,
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const pages = new Map<Semantics, Answer>();
let script: Answer | undefined;

/** The chat page for a server with these semantics. */
export function chatPage(semantics: Semantics): Answer {
  let page = pages.get(semantics);
  if (page === undefined) {
    const headers = ['Content-Security-Policy', policy];
    page = revalidated(
      contentAnswer(200, 'text/html;charset=utf-8', pageHtml(semantics, pageStyle), headers),
    );
    pages.set(semantics, page);
  }
  return page;
}

/**
 * The page's script, as the build left it.
 * @throws the system's error when the build did not make it
 */
export function chatScript(): Answer {
  script ??= revalidated(
    contentAnswer(200, 'text/javascript;charset=utf-8', readFileSync(compiledUrl('server/page/browser.js'))),
  );
  return script;
}

function revalidated(answer: Answer): Answer {
  return {
    ...answer,
    headers: answer.headers.with(answer.headers.indexOf('Cache-Control') + 1, 'no-cache'),
  };
}

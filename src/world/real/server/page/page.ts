import type { Semantics } from '../../../../wire/http.ts';
import { pageHtml } from './html.ts';
import { Site } from './site.ts';
import { pageStyle } from './style.ts';

/** The chat page for a server with these semantics. */
export function chatSite(semantics: Semantics): Site {
  return new Site(pageHtml(semantics, pageStyle), pageStyle, {
    'browser.js': 'chat.js',
    'polling.js': 'polling.js',
  });
}

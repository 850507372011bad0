import { Site } from '../server/page/site.ts';
import { pageStyle } from '../server/page/style.ts';
import { liveHtml } from './html.ts';
import { liveStyle } from './style.ts';

/** The live page, for a server whose figures come on that channel. */
export function liveSite(channel: string): Site {
  const style = `${pageStyle}${liveStyle}`;
  return new Site(liveHtml(channel, style), style, {
    'browser.js': 'live.js',
    'polling.js': 'polling.js',
    'figures.js': 'figures.js',
    'sparkline.js': 'sparkline.js',
  });
}

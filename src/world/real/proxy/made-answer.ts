import type { Instant } from '../../../protocol/message.ts';
import type { Verdict } from '../../weather.ts';
import type { Clock } from '../clock.ts';
import type { RequestHead } from './request-reader.ts';

const reasons = {
  204: 'No Content',
  429: 'Too Many Requests',
  502: 'Bad Gateway',
  504: 'Gateway Timeout',
} as const;

/** The bytes of an answer that the proxy gives itself. */
export function madeAnswer(
  verdict: Verdict,
  request: RequestHead,
  { clock, now }: { readonly clock: Clock; readonly now: Instant },
): Buffer {
  const { status } = verdict;
  // 204 has no content, and no fields about it (RFC 9110, section 15.3.5; RFC 9112, section 6.2).
  const text = status === 204 ? '' : `${status} ${reasons[status]}\n`;
  const lines = [`HTTP/1.1 ${status} ${reasons[status]}`, 'Cache-Control: no-store'];
  if (status !== 204) lines.push('Content-Type: text/plain; charset=utf-8', `Content-Length: ${text.length}`);
  if (status === 429) {
    const { retryAfterMs, form } = verdict;
    if (form === 'seconds') lines.push(`Retry-After: ${Math.ceil(retryAfterMs / 1000)}`);
    else {
      const wall = clock.epochMs(now);
      lines.push(`Date: ${httpDate(wall)}`, `Retry-After: ${httpDate(wall + retryAfterMs + 999)}`);
    }
  }
  if (!request.stays) lines.push('Connection: close');
  else if (request.version === '1.0') lines.push('Connection: keep-alive');
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${request.method === 'HEAD' ? '' : text}`, 'latin1');
}

/** Whole seconds, rounded down (RFC 9110, section 5.6.7). */
function httpDate(epochMs: number): string {
  return new Date(epochMs).toUTCString();
}

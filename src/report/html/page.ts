import { createHash } from 'node:crypto';
import { html, Markup } from './markup.ts';
import { baseStyle } from './style.ts';

export interface PageParts {
  readonly title: string;
  /** Added to the common style. */
  readonly style: string;
  readonly header: Markup;
  readonly main: Markup;
  readonly footer: Markup;
  /** Behind everything else: data for programs. */
  readonly data?: Markup;
  /** Our own script, the only one that may run; it stands at the end, and must not hold `</script`. */
  readonly script?: string;
}

/**
 * One self-contained page: it loads nothing, from anywhere, and runs nothing but a script that was handed over,
 * which its own policy makes the browser enforce. Links that a reader may follow are no part of it.
 */
export function drawPage({ title, style, header, main, footer, data, script }: PageParts): string {
  const policy = [
    "default-src 'none'",
    ...(script === undefined
      ? []
      : [`script-src 'sha256-${createHash('sha256').update(script).digest('base64')}'`]),
    "style-src 'unsafe-inline'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const css = new Markup(`${baseStyle}${style}`.trim());
  return `${html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>
${css}
</style>
</head>
<body>
<header>
${header}
</header>
<main>
${main}
</main>
<footer>
${footer}
</footer>${data === undefined ? null : html`\n${data}`}${script === undefined ? null : html`\n<script>${new Markup(script)}</script>`}
</body>
</html>`}\n`;
}

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type Answer, contentAnswer } from '../../../../wire/http.ts';
import { compiledUrl } from '../../compiled.ts';

/** What a server shows a person: the page at `/`, and the scripts that it loads. */
export class Site {
  /** Names in the URL. */
  readonly scripts: readonly string[];
  readonly #html: string;
  readonly #style: string;
  readonly #files: Readonly<Record<string, string>>;
  readonly #answers = new Map<string, Answer>();

  /**
   * @param style what stands in the page's one `<style>`
   * @param files by the name in the URL, the name of the compiled file in `browser`
   */
  constructor(html: string, style: string, files: Readonly<Record<string, string>>) {
    this.#html = html;
    this.#style = style;
    this.#files = files;
    this.scripts = Object.keys(files);
  }

  page(): Answer {
    return this.#kept('', () =>
      contentAnswer(200, 'text/html;charset=utf-8', this.#html, [
        'Content-Security-Policy',
        policyFor(this.#style),
      ]),
    );
  }

  /**
   * A script, as the build left it.
   * @param name one of `scripts`
   * @throws the system's error when the build did not make it
   */
  script(name: string): Answer {
    return this.#kept(name, () => {
      const source = readFileSync(compiledUrl(`server/page/browser/${this.#files[name]}`));
      return contentAnswer(200, 'text/javascript;charset=utf-8', source);
    });
  }

  #kept(name: string, make: () => Answer): Answer {
    let answer = this.#answers.get(name);
    if (answer === undefined) {
      answer = revalidated(make());
      this.#answers.set(name, answer);
    }
    return answer;
  }
}

/** The page may run its own scripts, wear its own style and talk to its own server; nothing else. */
function policyFor(style: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

function revalidated(answer: Answer): Answer {
  return {
    ...answer,
    headers: answer.headers.with(answer.headers.indexOf('Cache-Control') + 1, 'no-cache'),
  };
}

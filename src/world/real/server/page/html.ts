import type { Semantics } from '../../../../wire/http.ts';

const modeSwitch = `
    <fieldset id="mode">
      <legend>How this page asks for messages</legend>
      <label><input type="radio" name="mode" value="long" checked>
        <span><b>Long polling</b> The server answers when there is news.</span></label>
      <label><input type="radio" name="mode" value="regular">
        <span><b>Regular polling</b> The page asks every 10 seconds.</span></label>
    </fieldset>`;

const bufferedNote = `The delay runs from publishing to showing. For your own messages one clock, this
      page's, measures it, from the moment you send. For those of others the server says when it published;
      its clock is compared with this page's each time you send a message, and until then the delay is only
      as good as the two clocks agree.`;

const articleNote = `This server keeps no messages: one that comes while this page is between two requests is
      lost. It also does not say when a message was published, so a delay is shown for your own messages only,
      from the moment you send.`;

/** The chat page. The script finds out from `data-semantics` which of the two faces it talks to. */
export function pageHtml(semantics: Semantics, style: string): string {
  const buffered = semantics === 'buffered';
  return `<!DOCTYPE html>
<html lang="en" data-semantics="${semantics}">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <title>pollmark chat</title>
  <link rel="icon" href="data:,">
  <style>${style}</style>
  <script type="module" src="browser.js"></script>
</head>
<body>
  <header>
    <h1>pollmark chat</h1>
    <p>Every visitor of this page sees the messages of every other. Open it twice and write.</p>
  </header>
  <main>
    <form name="publish" id="publish" autocomplete="off">
      <label for="message">Message</label>
      <div class="row">
        <input id="message" name="message" type="text" dir="auto" enterkeyhint="send">
        <button type="submit">Send</button>
      </div>
      <p id="complaint" role="alert"></p>
    </form>
${buffered ? modeSwitch : ''}
    <dl id="figures">
      <div><dt>Requests</dt><dd id="requests">0</dd></div>
      <div><dt>Messages</dt><dd id="received">0</dd></div>
      <div><dt>Last delay</dt><dd id="delay">none yet</dd></div>
    </dl>
    <p id="state" role="status">Connecting.</p>
    <h2 id="heading">Messages</h2>
    <div id="subscribe" role="log" aria-labelledby="heading" tabindex="0"></div>
    <p class="note">${buffered ? bufferedNote : articleNote}</p>
  </main>
  <noscript><p>This page needs JavaScript: it is the client.</p></noscript>
</body>
</html>
`;
}

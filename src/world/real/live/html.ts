/**
 * The live page. Nothing of a scenario stands in it: what comes over the wire is put in as text by the script.
 * @param channel where the figures come; letters and digits only
 */
export function liveHtml(channel: string, style: string): string {
  return `<!DOCTYPE html>
<html lang="en" data-channel="${channel}">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <meta name="referrer" content="no-referrer">
  <title>pollmark live</title>
  <link rel="icon" href="data:,">
  <style>${style}</style>
  <script type="module" src="browser.js"></script>
</head>
<body>
  <header>
    <h1 id="scenario">pollmark</h1>
    <p id="title"></p>
  </header>
  <main>
    <dl id="where">
      <div><dt>Phase</dt><dd id="phase">not known yet</dd><dd class="small" id="playing"></dd><dd class="small" id="repetition"></dd></div>
      <div><dt>Time left</dt><dd id="eta">not known</dd></div>
      <div><dt>Age of what you see</dt><dd id="age">nothing yet</dd></div>
    </dl>
    <fieldset id="mode">
      <legend>How this page asks for these figures</legend>
      <label><input type="radio" name="mode" value="long" checked>
        <span><b>Long polling</b> The server answers when there is news.</span></label>
      <label><input type="radio" name="mode" value="regular">
        <span><b>Regular polling</b> The page asks every 10 seconds.</span></label>
    </fieldset>
    <dl id="own">
      <div><dt>Long polls of this page</dt><dd id="long-requests">0</dd><dd class="small" id="long-time"></dd></div>
      <div><dt>Regular polls of this page</dt><dd id="regular-requests">0</dd><dd class="small" id="regular-time"></dd></div>
    </dl>
    <p id="state" role="status">Connecting.</p>
    <div id="modes"></div>
    <h2 id="finished-heading" hidden>Finished</h2>
    <ol id="finished" aria-labelledby="finished-heading"></ol>
    <p class="note">These figures are samples for whoever watches; the result counts every event. How many
      messages were lost is not known before the cool-down is over. News comes once a second, so long polling
      costs this page about one request a second, and regular polling one in ten: the age shows what the
      requests buy.</p>
  </main>
  <noscript><p>This page needs JavaScript: it is a client.</p></noscript>
</body>
</html>
`;
}

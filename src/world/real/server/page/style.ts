/** The chat page's style; its hash stands in the page's security policy. */
export const pageStyle = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#f6f7f9, #14171c);
  --card: light-dark(#ffffff, #1d2229);
  --ink: light-dark(#1b2430, #e6eaf0);
  --soft: light-dark(#4f5b69, #a8b3c1);
  --line: light-dark(#c9d1da, #3a434f);
  --accent: light-dark(#0b5fa5, #6db3f2);
  --on-accent: light-dark(#ffffff, #0d1117);
  --own: light-dark(#e8f1fa, #1b3147);
  --bad: light-dark(#a3200d, #ff9d8a);
  --warn: light-dark(#fff3d6, #3d2f0c);
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 1rem; max-width: 44rem; background: var(--ground); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere;
}
h1 { font-size: 1.5rem; margin: 0; line-height: 1.2; }
h2 { font-size: 1.1rem; margin: 1rem 0 .5rem; }
header p, .note, #state { color: var(--soft); margin: .25rem 0 1rem; }
label { font-weight: 600; }
.row { display: flex; gap: .5rem; margin-top: .25rem; }
input[type=text] {
  flex: 1; min-width: 0; padding: .6rem .75rem; font: inherit; color: inherit; background: var(--card);
  border: 1px solid var(--soft); border-radius: .5rem;
}
button {
  padding: .6rem 1.1rem; font: inherit; font-weight: 600; color: var(--on-accent); background: var(--accent);
  border: 0; border-radius: .5rem; cursor: pointer;
}
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
#complaint { color: var(--bad); margin: .25rem 0; min-height: 1.5em; }
fieldset {
  display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; margin: 0 0 1rem; padding: .5rem .75rem .75rem;
  border: 1px solid var(--line); border-radius: .5rem;
}
legend { color: var(--soft); padding: 0 .25rem; }
fieldset label { display: flex; align-items: baseline; gap: .5rem; flex: 1 1 16rem; font-weight: 400; cursor: pointer; }
fieldset b { display: block; }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(6.25rem, 1fr)); gap: .5rem; margin: 0 0 .5rem; }
dl div { padding: .5rem .65rem; background: var(--card); border: 1px solid var(--line); border-radius: .5rem; }
dt { color: var(--soft); font-size: .85rem; }
dd { margin: 0; font-size: 1.25rem; font-weight: 600; font-variant-numeric: tabular-nums; }
#subscribe {
  min-height: 8rem; max-height: 24rem; overflow-y: auto; padding: .5rem; background: var(--card);
  border: 1px solid var(--line); border-radius: .5rem;
}
#subscribe:empty::before { content: 'None yet.'; color: var(--soft); }
.message { padding: .4rem .6rem; margin: 0 0 .35rem; border-radius: .5rem; }
.message.own { background: var(--own); }
.message .text { white-space: pre-wrap; }
.message .delay { color: var(--soft); font-size: .85rem; }
.notice { padding: .4rem .6rem; margin: 0 0 .35rem; border-radius: .5rem; background: var(--warn); }
.note { font-size: .85rem; margin-top: .75rem; }
`;

/** What the server keeps, as the real one does (`world/real/server`). */
export const memory = { backlog: 10_000, backlogAgeMs: 300_000, lingerMs: 30_000 };
export const maxAnswerBytes = 8 * 1024 * 1024;
/** What our server gives in one answer when nothing else is asked for (PROTOCOL.md). */
export const maxMessages = 1000;

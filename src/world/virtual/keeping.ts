/** What our server keeps and gives, in virtual runs as in real ones (`world/real/server`). */
export const memory = { backlog: 10_000, backlogAgeMs: 300_000, lingerMs: 30_000 };
export const maxAnswerBytes = 8 * 1024 * 1024;
/** What it gives in one answer when nothing else is asked for (PROTOCOL.md). */
export const maxMessages = 1000;

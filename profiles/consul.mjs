/**
 * The adapter of consul.yaml. A blocking query that comes back with the index that was sent has brought no
 * change, and an index that went back has to be forgotten: the documentation asks clients to begin anew then.
 */
export default function consul({ own }) {
  let index;
  return {
    poll(ask) {
      index = ask.place?.index;
      return own.poll(ask);
    },
    read(answer) {
      const reading = own.read(answer);
      const { outcome } = reading;
      if (outcome.kind !== 'messages' && outcome.kind !== 'empty') return reading;
      const next = outcome.cursor?.index;
      if (next !== undefined && Number(next) < Number(index ?? 0)) {
        return { ...reading, outcome: { ...outcome, cursor: {} } };
      }
      if (outcome.kind === 'empty' || index === undefined || next !== index) return reading;
      return { ...reading, ids: [], outcome: { kind: 'empty', cursor: outcome.cursor, behind: false } };
    },
  };
}

export const secondsPerDay = 86_400;

/** What requests cost in a day where each million of them has a price, in the unit of that price. */
export function costPerDay(requestsPerS: number, pricePerMillion: number): number {
  return (requestsPerS * secondsPerDay * pricePerMillion) / 1e6;
}

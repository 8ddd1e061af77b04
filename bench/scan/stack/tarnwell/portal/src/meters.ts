// Electricity meters, and what they are called.
export interface Meter { model: string; phi: number }
export const METERS: Meter[] = [
  { model: "landis-E470", phi: 0.2 },
  { model: "kaifa-MA304", phi: 0.1 },
];
export const boiler = { make: "Worcester", model: "Greenstar-4000" };
/** Was once `cohere.command-light-text-v14`. */
export const wind = "mistral-nordwest";

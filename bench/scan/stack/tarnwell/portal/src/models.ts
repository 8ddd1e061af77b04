// Which model does what.
export const CHAT_MODEL = "gpt-4o-mini-2024-07-18";
export const Models = {
  meter: "qwen-vl-max",
  letters: "claude-3-5-sonnet-20241022",
} as const;
// export const OLD = "text-davinci-003";
export enum Grade { Small = "small", Large = "large" }
export const MODEL_BY_GRADE: Record<Grade, string> = {
  [Grade.Small]: "moonshot-v1-8k",
  [Grade.Large]: "moonshot-v1-128k",
};

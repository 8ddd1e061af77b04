export const deniedModels = new Set(["ai21/jamba-large-1.7", "inflection/inflection-3-pi"]);
export const isAllowed = (name: string) => !deniedModels.has(name);

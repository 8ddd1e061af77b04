import { expect, it, vi } from "vitest";

it("sends the model", async () => {
  const create = vi.fn();
  await create({ model: "claude-2.1", messages: [] });
  expect(create).toHaveBeenCalledWith({ model: "claude-2.1", messages: [] });
});

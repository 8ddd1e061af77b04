const SILICON = "https://api.siliconflow.cn/v1/chat/completions";

export async function ask(prompt: string) {
  const reply = await fetch(SILICON, {
    method: "POST",
    headers: { Authorization: `Bearer ${process.env.SILICONFLOW_KEY}` },
    body: JSON.stringify({ model: "tencent/Hunyuan-MT-7B", messages: [{ role: "user", content: prompt }] }),
  });
  return reply.json();
}

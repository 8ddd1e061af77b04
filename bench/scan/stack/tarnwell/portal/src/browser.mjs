import { AutoTokenizer, pipeline } from "@huggingface/transformers";
import { CreateMLCEngine } from "@mlc-ai/web-llm";

const extract = await pipeline("feature-extraction", "mixedbread-ai/mxbai-embed-xsmall-v1");
const tokenizer = await AutoTokenizer.from_pretrained("Xenova/distilbert-base-uncased-finetuned-sst-2-english");
const engine = await CreateMLCEngine("Qwen2.5-1.5B-Instruct-q4f16_1-MLC");
export { engine, extract, tokenizer };

package example.quillon.ledger;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.Model;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.models.ChatModel;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import dev.langchain4j.model.ollama.OllamaChatModel;
import dev.langchain4j.model.openai.OpenAiChatModel;
import org.springframework.beans.factory.annotation.Value;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;

public class Assistants {
    @Value("${ledger.summary-model}")
    private String summaryModel;

    private final OpenAIClient openai = OpenAIOkHttpClient.fromEnv();
    private final AnthropicClient anthropic = AnthropicOkHttpClient.fromEnv();
    private final BedrockRuntimeClient bedrock = BedrockRuntimeClient.create();

    public Object invoice(String text) {
        return openai.chat().completions().create(ChatCompletionCreateParams.builder()
            .addUserMessage(text)
            .model(ModelNames.INVOICE)
            .build());
    }

    public Object quick(String text) {
        return openai.chat().completions().create(ChatCompletionCreateParams.builder()
            .addUserMessage(text)
            .model(ChatModel.GPT_4_1_NANO)
            .build());
    }

    public Object summary(String text) {
        return anthropic.messages().create(MessageCreateParams.builder()
            .maxTokens(600)
            .model(summaryModel)
            .addUserMessage(text)
            .build());
    }

    public Object best(String text) {
        return anthropic.messages().create(MessageCreateParams.builder()
            .maxTokens(600)
            .model(Model.CLAUDE_OPUS_4_0)
            .addUserMessage(text)
            .build());
    }

    public Object nova(String body) {
        return bedrock.converse(r -> r.modelId("amazon.nova-lite-v1:0"));
    }

    public OpenAiChatModel ark() {
        return OpenAiChatModel.builder()
            .baseUrl("https://ark.cn-beijing.volces.com/api/v3")
            .apiKey(System.getenv("ARK_API_KEY"))
            .modelName(ModelNames.ARK)
            .build();
    }

    public OllamaChatModel depot() {
        return OllamaChatModel.builder()
            .baseUrl("http://depot:11434")
            .modelName("gemma2:9b-instruct-q5_K_M")
            .build();
    }

    public Object any(String model) {
        return openai.chat().completions().create(ChatCompletionCreateParams.builder().model(model).build());
    }
}

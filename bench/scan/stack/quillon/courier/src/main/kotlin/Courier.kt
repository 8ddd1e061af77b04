package example.quillon.courier

import ai.koog.agents.core.agent.AIAgent
import ai.koog.prompt.executor.clients.openai.OpenAIModels
import ai.koog.prompt.executor.llms.all.simpleOpenAIExecutor
import com.aallam.openai.api.chat.ChatCompletionRequest
import com.aallam.openai.api.model.ModelId
import com.aallam.openai.client.OpenAI
import com.aallam.openai.client.OpenAIHost
import dev.langchain4j.model.mistralai.MistralAiChatModel

const val NOTE_MODEL = "gpt-4o-mini-search-preview"

object Names {
    const val glm = "glm-4-flash"
    // const val old = "glm-3-turbo"
}

class Courier(private val key: String) {
    private val openai = OpenAI(token = key)
    private val zhipu = OpenAI(token = key, host = OpenAIHost(baseUrl = "https://open.bigmodel.cn/api/paas/v4/"))

    suspend fun note(text: String) =
        openai.chatCompletion(ChatCompletionRequest(model = ModelId(NOTE_MODEL), messages = emptyList()))

    suspend fun door(text: String) =
        zhipu.chatCompletion(ChatCompletionRequest(model = ModelId(Names.glm), messages = emptyList()))

    fun agent() = AIAgent(
        executor = simpleOpenAIExecutor(key),
        llmModel = OpenAIModels.Chat.GPT4o,
    )

    fun plan() = MistralAiChatModel.builder()
        .modelName("ministral-8b-latest")
        .build()

    fun bike() = mapOf("model" to "gazelle-C7")
}

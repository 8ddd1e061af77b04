dependencies {
    implementation("com.aallam.openai:openai-client:4.0.1")
    implementation("ai.koog:koog-agents:0.3.0")
    implementation("dev.langchain4j:langchain4j-mistral-ai:1.0.0")
}

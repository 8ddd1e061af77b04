package example.quillon.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;

class AssistantsTest {
    void name() {
        var params = Fake.builder().model("gpt-4-vision-preview").build();
        assertEquals("gpt-4-vision-preview", params.model());
    }
}

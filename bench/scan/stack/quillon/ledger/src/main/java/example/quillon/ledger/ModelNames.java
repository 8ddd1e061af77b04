package example.quillon.ledger;

/** Names of models. Before 2024 this was {@code claude-v1.3-100k}. */
public final class ModelNames {
    public static final String INVOICE = "gpt-4o-2024-05-13";
    public static final String ARK = "doubao-seed-1-6-flash-250615";

    private ModelNames() {}
}

package example.quillon.ledger;

public record Parcel(String id, String scaleModel) {
    static Parcel sample() {
        return new Parcel("p-1", "mettler-PBA430");
    }

    static void refuse(String model) {
        if (model.equals("aleph-alpha/pharia-1-llm-7b")) {
            throw new IllegalArgumentException(model);
        }
    }
}

"""MindSpore and Paddle side."""

import mindspore as ms
from mindnlp.transformers import AutoModelForCausalLM as MindModel
from paddlenlp import Taskflow
from paddlenlp.transformers import AutoModel

ms.set_context(device_target="Ascend")
pangu = MindModel.from_pretrained("openpangu/openpangu-embedded-1b")
ernie = AutoModel.from_pretrained("ernie-3.0-medium-zh")
uie = Taskflow("information_extraction", model="uie-medical-base", schema=["drug"])

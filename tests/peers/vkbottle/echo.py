"""An echo bot on vkbottle as it comes from PyPI; only the base address is set.

Says every text back with a callback button under it, and answers a press with a snackbar. The first line it
prints is its name and version. Takes VK_API_URL (`http://…/method`) and VK_TOKEN.
"""

import os
from importlib.metadata import version

from vkbottle import API, Bot, Callback, GroupEventType, GroupTypes, Keyboard, ShowSnackbarEvent
from vkbottle.bot import Message

api = API(os.environ["VK_TOKEN"])
api.API_URL = os.environ["VK_API_URL"] + "/"
bot = Bot(api=api)


@bot.on.message()
async def echo(message: Message) -> None:
    keyboard = Keyboard(inline=True).add(Callback("Нажмите", {"echo": message.conversation_message_id}))
    await message.answer(message.text, keyboard=keyboard.get_json())


@bot.on.raw_event(GroupEventType.MESSAGE_EVENT, dataclass=GroupTypes.MessageEvent)
async def press(event: GroupTypes.MessageEvent) -> None:
    pressed = event.object
    await api.messages.send_message_event_answer(
        event_id=pressed.event_id,
        user_id=pressed.user_id,
        peer_id=pressed.peer_id,
        event_data=ShowSnackbarEvent(text=f"Нажато под {pressed.payload['echo']}").model_dump_json(),
    )


print("vkbottle", version("vkbottle"), flush=True)
bot.run()

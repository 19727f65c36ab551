"""Names people can say aloud: two words and a number (`brisk-otter-42`)."""

import secrets

QUALITIES = (  # noqa: SIM905  two hundred literals would be harder to read
    "able airy amber ample apt arctic ardent autumn azure balmy bold brave breezy bright brisk bronze calm candid "
    "careful cedar cheery chief civil clear clever coastal cobalt copper coral cosmic crisp curious dapper daring "
    "dawn deft dewy eager early earnest easy ember even fair fern fine firm fleet fluent fond frank fresh gentle "
    "giddy glad gold grand green happy hardy hazel hearty honest humble ivory jade jolly keen kind lean light lively "
    "loyal lucid lucky lunar mellow merry mild mint misty modest neat nimble noble northern oaken olive opal open "
    "patient pearl placid plain plucky polar polite prime proud quick quiet rapid ready robust rosy royal ruby "
    "rustic sage sandy sharp silent silver smart smooth snowy solar solid spry stable steady stellar still stout "
    "summer sunny sure swift tidy tender thrifty topaz tranquil trusty upbeat urban valiant velvet vivid warm wary "
    "wise witty woven young zesty"
).split()
ANIMALS = (  # noqa: SIM905
    "alpaca antelope badger barbet beaver bison bittern bobcat bonobo bream bunting buzzard camel caracal caribou "
    "cicada civet cod condor coot corgi cougar crane cricket curlew dingo dipper dolphin dormouse dove duck dunlin "
    "eagle egret eider eland elk ermine falcon ferret finch firefly flamingo fossa fox gannet gazelle gecko gibbon "
    "godwit goose gopher goshawk grebe grouse gull hamster hare harrier hawk hedgehog heron hoopoe hornbill ibex "
    "ibis iguana impala jackdaw jaguar jay kestrel kingfisher kite kiwi koala kudu lapwing lark lemur leopard "
    "linnet lion llama loon lynx macaw magpie mallard manatee mantis marlin marmot marten merlin mole mongoose "
    "moose moth narwhal newt numbat ocelot okapi oriole oryx osprey otter owl panda parrot pelican penguin perch "
    "petrel pigeon pika pipit plover pony puffin puma quail quokka rabbit raccoon raven robin rook salmon sandpiper "
    "seal shrew skylark snipe sparrow squirrel starling stoat stork swallow swan swift tapir teal tern thrush tiger "
    "toucan trout turtle viper vole vulture wagtail walrus warbler weasel whale wigeon wolf wombat woodpecker wren "
    "yak zebra"
).split()
LARGEST_NUMBER = 99


def new_run_name() -> str:
    """Two words and a number. Not unique: a run is identified by its id."""
    return f"{secrets.choice(QUALITIES)}-{secrets.choice(ANIMALS)}-{secrets.randbelow(LARGEST_NUMBER) + 1}"

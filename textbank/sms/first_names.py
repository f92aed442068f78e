"""First names that are no everyday words: they tell "i'm not denise" from "i'm not sure"."""

from typing import Final

_LISTED: Final = """
    aaron abby abigail abdul abel abraham adam adrian adriana agustin ahmed aisha alan alba albert alberto
    alejandra alejandro alex alexa alexander alexandra alexis alfonso alfredo ali alice alicia alisha
    allison alma alvaro amanda amber amelia ami amina amir amy ana andre andrea andres andrew andy angela
    angelica angelina angie anita ann anna anne annie anthony antonia antonio araceli ariana ariel armando
    arthur arturo ashley aurora austin barbara beatriz becky belinda ben benito benjamin bernard bernardo
    bertha beth betty beverly blanca bob bobby bonnie brad bradley brandon brenda brent brian briana
    brianna bridget brittany bruce bryan caitlin caleb calvin cameron camila candace carl carla carlos
    carmen carol carolina caroline carolyn carrie casey cassandra catalina catherine cathy cecilia celia
    cesar charlene charles charlie charlotte chelsea cheryl chloe chris christian christina christine
    christopher cindy clara claire claudia clayton clifford cody colin connie connor corey courtney craig
    cristian cristina crystal curtis cynthia daisy dale damian dan dana daniel daniela danielle danny
    darius darlene darnell darren darryl dave david deandre deanna deb debbie deborah debra delia denise
    dennis derek derrick deshawn destiny devin diana diane diego dmitri dominic don donald donna doris
    dorothy doug douglas duane dustin dwayne dylan ebony eddie edgar edith eduardo edward edwin eileen
    elaine eleanor elena elias elijah elisa elizabeth ella ellen elmer eloise elsa elvira emily emma
    emmanuel enrique eric erica erick erika erik ernest ernesto esmeralda esperanza esteban estela esther
    ethan eugene eva evan evelyn fatima felicia felipe felix fernanda fernando florence frances francis
    francisca francisco freddie gabriel gabriela gail gary gerald gerardo gilbert gilberto gina gladys
    glenn gloria gonzalo gordon graciela greg gregory greta guadalupe guillermo gustavo gwen hannah harold
    harriet harry hassan hazel heather hector heidi helen henry herbert hilda howard hugo ian ibrahim
    ignacio imani irene iris irma isaac isabel isabella isaiah ismael israel ivan jack jackie jackson
    jacob jacqueline jaime jake jamal james jamie jan jane janet janice jared jasmine jason javier jay
    jean jeff jeffrey jenna jennifer jenny jeremiah jeremy jermaine jerome jerry jesse jessica jill jim
    jimmy joan joanna joanne joaquin jocelyn jodi joe joel john johnny jonathan jordan jorge jose josefina
    joseph josh joshua joyce juan juana juanita judith judy julia julian juliana julie julio justin
    kaitlyn karen karina karl karla kate katherine kathleen kathryn kathy katie kayla keisha keith kelly
    kelsey ken kendra kenneth kenny kevin kim kimberly kristen kristin kristina kurt kyle lamar larry
    latasha latoya laura lauren laurie lawrence leah lee lena leon leonard leonardo leslie leticia lewis
    liam lidia lillian lily linda lindsay lisa logan lois lorena lorenzo loretta lori lorraine louis
    louise lourdes lucas lucia luis luisa lupe lupita lydia lynn mabel maddie madison malik manuel marc
    marcela marcia marco marcos marcus margaret margarita maria mariah mariana marie mariela marilyn mario
    marisa marisol marjorie marlene marsha marta martha martin marvin mary mateo matt matthew maureen
    mauricio megan meghan melanie melinda melissa melvin mercedes meredith micah michael michele michelle
    miguel mike mildred milton minnie miranda miriam mitchell mohamed mohammed moises molly monica monique
    morgan muhammad nadia nancy naomi natalia natalie natasha nathan nathaniel neil nelson nicholas nick
    nicolas nicole nina noah noemi nora norma norman olga olivia omar oscar owen pablo paige pam pamela
    paola patricia patrick paul paula paulina pedro peggy peter philip phillip phyllis priscilla rachel
    rafael ralph ramiro ramon randall randy raquel raul raymond rebecca regina ricardo richard rick ricky
    rita roberta robert roberto robin rocio rodney rodolfo rodrigo roger roland ron ronald rosa rosalinda
    rosemary roxanne roy ruben rudy russell ruth ryan sabrina sally salvador sam samantha samuel sandra
    santiago santos sara sarah saul scott sean sebastian selena sergio seth shane shannon sharon shaun
    shawn sheila shelby shelley sherry shirley sidney silvia simon sofia sonia sonya sophia sophie stacey
    stacy stanley stefan stella stephanie stephen steve steven stuart susan susana suzanne sylvia tamara
    tamika tammy tanya tara tasha taylor ted teresa terrance terrell terri terry thelma theodore theresa
    thomas tiffany tim timothy tina todd tom tomas tommy toni tony tonya tracey tracy travis trevor tricia
    troy tyler tyrone valeria valerie vanessa vera vernon veronica vicente vicki vicky victor victoria
    vincent viola virginia vivian viviana walter wanda warren wayne wendy wesley whitney wilbur willie
    wilma xavier ximena yesenia yolanda yvette yvonne zachary zoe
"""
FIRST_NAMES: Final = frozenset(_LISTED.split())
